-- KEYS: 1 check. A write, because a replica and a full memory still answer reads.
redis.call('SET', KEYS[1], '1', 'PX', 60000)
return 1
