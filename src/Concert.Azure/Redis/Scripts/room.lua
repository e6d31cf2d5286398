-- Put before every room-*.lua. KEYS, the same eight of one room in each (KEYS.md):
--   1 waiting, 2 seen, 3 active, 4 admitted, 5 members, 6 users, 7 ended, 8 state
-- Times are Unix milliseconds and come as arguments: the caller's clock is the room's. Commands are those of Redis 6.0.
local waiting, seen, active, admitted = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local members, users, ended, state = KEYS[5], KEYS[6], KEYS[7], KEYS[8]

local WAITING, ACTIVE, ENDED = 1, 2, 3

-- A token lives for 24 h after its issue. What outlives it by an hour is of use to nobody.
local KEEP_SECONDS = 90000

local function keep(...)
  for _, key in ipairs({...}) do
    redis.call('EXPIRE', key, KEEP_SECONDS)
  end
end

-- The beginning of what the room remembers; nil when it remembers nothing.
local function beginning()
  return tonumber(redis.call('HGET', state, 'since'))
end

-- 'last' is the newest place given out; those who join later stand behind every token of before the beginning.
local function begin(at)
  redis.call('HSET', state, 'since', at, 'last', at)
  return at
end

local function claims_of(token)
  local claims = redis.call('HGET', members, token)
  if not claims then
    return nil
  end
  local issued, user = string.match(claims, '^(%d+):(.*)$')
  return tonumber(issued), user
end

local function enrol(token, user, issued)
  redis.call('HSET', members, token, string.format('%.0f', issued) .. ':' .. user)
  redis.call('HSET', users, user, token)
  keep(members, users, state)
end

local function active_until(token)
  return tonumber(redis.call('ZSCORE', active, token))
end

-- A token of before the beginning would come back with its next poll: that it ended has to be remembered.
local function remember_end(token, issued)
  local since = beginning()
  if not since or issued < since then
    redis.call('SADD', ended, token)
    keep(ended)
  end
end

local function remove(token)
  redis.call('ZREM', waiting, token)
  redis.call('ZREM', seen, token)
  redis.call('ZREM', active, token)
  local issued, user = claims_of(token)
  if issued then
    redis.call('HDEL', members, token)
    if redis.call('HGET', users, user) == token then
      redis.call('HDEL', users, user)
    end
    remember_end(token, issued)
  end
end

-- Whether the user is in with another token. One whose active time is over is out, even before a round said so.
local function is_in_with_another(user, token, now)
  local other = redis.call('HGET', users, user)
  if not other or other == token then
    return false
  end
  local expires = active_until(other)
  if expires and expires <= now then
    remove(other)
    return false
  end
  return true
end

-- How many may be admitted now. Half-open intervals: an admission at t counts until just before t + interval.
local function free(now, max_active, per_interval, interval)
  local by_active = max_active - redis.call('ZCOUNT', active, '(' .. now, '+inf')
  local by_interval = per_interval - redis.call('ZCOUNT', admitted, '(' .. (now - interval), '+inf')
  return math.max(0, math.min(by_active, by_interval))
end

local function admit(token, now, active_for)
  redis.call('ZREM', waiting, token)
  redis.call('ZREM', seen, token)
  redis.call('ZADD', active, now + active_for, token)
  redis.call('ZADD', admitted, now, token)
  keep(active, admitted)
end
