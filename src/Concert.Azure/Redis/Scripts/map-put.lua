-- KEYS: 1 entry, 2 build lock. ARGV: version, content, when the version was read (this server's time in milliseconds), longest age in milliseconds, builder
-- The age counts from before the build: what took too long is not kept.
local now = redis.call('TIME')
local left = tonumber(ARGV[3]) + tonumber(ARGV[4]) - (now[1] * 1000 + math.floor(now[2] / 1000))
if left > 0 then
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'content', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], left)
end
if redis.call('GET', KEYS[2]) == ARGV[5] then
  redis.call('DEL', KEYS[2])
end
return 1
