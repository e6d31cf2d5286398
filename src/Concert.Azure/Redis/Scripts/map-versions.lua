-- KEYS: 1 versions of a schedule's sections. ARGV: 1 a name for a new epoch, 2 lifetime in milliseconds, then the sections' keys
-- Answers the server's time in milliseconds and the version of each section. What was forgotten begins a new epoch, so that no version comes twice.
local now = redis.call('TIME')
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local answer = { now[1] * 1000 + math.floor(now[2] / 1000) }
for i = 3, #ARGV do
  answer[#answer + 1] = epoch .. ':' .. (redis.call('HGET', KEYS[1], 's:' .. ARGV[i]) or '0')
end
return answer
