-- KEYS: 1 versions of a schedule's sections. ARGV: section's key, lifetime in milliseconds
local version = redis.call('HINCRBY', KEYS[1], 's:' .. ARGV[1], 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return version
