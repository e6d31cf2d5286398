-- KEYS: 1 rooms. ARGV: room, a time: only a room that nobody listed since then is removed
local listed = redis.call('ZSCORE', KEYS[1], ARGV[1])
if listed and tonumber(listed) < tonumber(ARGV[2]) then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
return 0
