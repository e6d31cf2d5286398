-- KEYS: 1 rooms. ARGV: room, now
local listed = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not listed or tonumber(listed) < tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
end
redis.call('EXPIRE', KEYS[1], 90000)
return 1
