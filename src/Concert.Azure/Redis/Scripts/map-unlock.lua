-- KEYS: 1 build lock. ARGV: builder. Compare and delete, so that the next one builds at once when this build failed.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
