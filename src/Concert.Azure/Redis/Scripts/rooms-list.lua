-- KEYS: 1 rooms
return redis.call('ZRANGE', KEYS[1], 0, -1)
