-- KEYS: 1 entry, 2 build lock of the version. ARGV: version, builder, lock time in milliseconds
-- Answers the snapshot and for how many milliseconds it is still good, or 1 when the caller is to build it, or 0 when another builds it.
if redis.call('HGET', KEYS[1], 'version') == ARGV[1] then
  return { redis.call('HGET', KEYS[1], 'content'), redis.call('PTTL', KEYS[1]) }
end
if redis.call('GET', KEYS[2]) == ARGV[2] then
  return 1
end
return redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) and 1 or 0
