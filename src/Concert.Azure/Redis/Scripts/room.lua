-- Put before every room-*.lua. KEYS, the same twelve of one room in each (KEYS.md):
--   1 waiting, 2 seen, 3 active, 4 admitted, 5 members, 6 users, 7 ended-at, 8 state, 9 early, 10 early-quiet, 11 drawn, 12 quiet
-- Times are Unix milliseconds and come as arguments: the caller's clock is the room's. Commands are those of Redis 6.0.
local waiting, seen, active, admitted = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local members, users, ended, state = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local early, early_quiet, drawn, quiet = KEYS[9], KEYS[10], KEYS[11], KEYS[12]

local WAITING, ACTIVE, ENDED, EARLY = 1, 2, 3, 4

-- A token lives for 24 h after its issue, or the opening it was issued for. What outlives it by an hour is of use to nobody.
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

-- 'last' is the newest place given out; those who join later stand behind every token of before the beginning, and behind those of the draw.
local function begin(at)
  local last = tonumber(redis.call('HGET', state, 'last')) or at
  redis.call('HSET', state, 'since', at, 'last', string.format('%.0f', math.max(at, last)))
  return at
end

-- What is kept of a token: issue time, and for an early one its opening and its lot; and the user.
local function claims_of(token)
  local claims = redis.call('HGET', members, token)
  if not claims then
    return nil
  end
  local issued, opens, lot, user = string.match(claims, '^(%d+)/(%d+)/(%d+):(.*)$')
  if not issued then
    issued, user = string.match(claims, '^(%d+):(.*)$')
  end
  return tonumber(issued), user, opens or '', lot or ''
end

local function enrol(token, user, issued, opens, lot)
  local claims = string.format('%.0f', issued) .. (opens ~= '' and '/' .. opens .. '/' .. lot or '') .. ':' .. user
  redis.call('HSET', members, token, claims)
  redis.call('HSET', users, user, token)
  keep(members, users, state)
end

local function active_until(token)
  return tonumber(redis.call('ZSCORE', active, token))
end

-- A token would come back with a repeat of its join that was on its way meanwhile, and one of before the beginning with its next poll.
-- Not every caller has a clock, and one may end before the opening from which its time counts.
local function remember_end(token, from)
  local seconds = tonumber(redis.call('TIME')[1])
  redis.call('ZADD', ended, string.format('%.0f', math.max(from, seconds * 1000)), token)
  keep(ended)
end

local function has_ended(token)
  return redis.call('ZSCORE', ended, token)
end

local function leave_line(token)
  for _, key in ipairs({waiting, seen, early, early_quiet, drawn, quiet}) do
    redis.call('ZREM', key, token)
  end
end

local function remove(token)
  leave_line(token)
  redis.call('ZREM', active, token)
  local issued, user, opens = claims_of(token)
  if issued then
    redis.call('HDEL', members, token)
    if redis.call('HGET', users, user) == token then
      redis.call('HDEL', users, user)
    end
    remember_end(token, math.max(issued, tonumber(opens) or 0))
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
  leave_line(token)
  redis.call('ZADD', active, now + active_for, token)
  redis.call('ZADD', admitted, now, token)
  keep(active, admitted)
end

-- The line: who waits up to the place of the latest draw, then who was drawn, by lot, then who waits behind that place. The draw is the renaming of a
-- sorted set, whatever its size. Places are up to 2^-12 ms apart, so they are written with all their digits.
local function number(value)
  return string.format('%.17g', value)
end

-- nil when there was no draw. Where the note of it was evicted, those who were drawn stand first.
local function place_of_draw()
  return redis.call('HGET', state, 'place') or (redis.call('ZCARD', drawn) > 0 and '0') or nil
end

local function length()
  return redis.call('ZCARD', waiting) + redis.call('ZCARD', drawn)
end

-- nil when the token is not in line.
local function position(token)
  local place = place_of_draw()
  local own = redis.call('ZSCORE', waiting, token)
  if own then
    local before = redis.call('ZRANK', waiting, token)
    if place and tonumber(own) > tonumber(place) then
      before = before + redis.call('ZCARD', drawn)
    end
    return before + 1
  end
  local by_lot = redis.call('ZRANK', drawn, token)
  return by_lot and redis.call('ZCOUNT', waiting, '-inf', place) + by_lot + 1
end

-- The first of the line.
local function heads(count)
  local place = place_of_draw()
  if count <= 0 then
    return {}
  end
  if not place then
    return redis.call('ZRANGE', waiting, 0, count - 1)
  end
  local first = redis.call('ZRANGEBYSCORE', waiting, '-inf', place, 'LIMIT', 0, count)
  for _, rest in ipairs({
    function(left) return redis.call('ZRANGE', drawn, 0, left - 1) end,
    function(left) return redis.call('ZRANGEBYSCORE', waiting, '(' .. place, '+inf', 'LIMIT', 0, left) end,
  }) do
    if #first < count then
      for _, token in ipairs(rest(count - #first)) do
        first[#first + 1] = token
      end
    end
  end
  return first
end

-- Waiting members stand strictly by arrival: each place is later than all before, and close to the issue time, which decides when the room has lost its memory.
local function stand_last(token, issued, now)
  local place = math.max(issued, tonumber(redis.call('HGET', state, 'last') or 0) + 1)
  redis.call('HSET', state, 'last', string.format('%.0f', place))
  redis.call('ZADD', waiting, place, token)
  redis.call('ZADD', seen, now, token)
  keep(waiting, seen)
end

-- Gives up to so many of the drawn places among the waiting, in order, so that another draw can be made.
local function settle(count)
  local place, drawn_at = tonumber(place_of_draw()), redis.call('HGET', state, 'drawn_at') or 0
  local first = redis.call('ZRANGE', drawn, 0, count - 1)
  for _, token in ipairs(first) do
    place = place + 1 / 2048
    redis.call('ZADD', waiting, number(place), token)
    redis.call('ZREM', drawn, token)
    if redis.call('ZREM', quiet, token) == 1 then
      redis.call('ZADD', seen, drawn_at, token)
    end
  end
  if #first > 0 then
    redis.call('HSET', state, 'place', number(place))
    keep(waiting, seen)
  end
  return #first
end

-- Whether the line rests before an opening (nil when the caller knows of none to come): unless a caller whose clock is ahead has opened it.
local function rests(opens_at)
  local opened = tonumber(redis.call('HGET', state, 'opened'))
  return opens_at and not (opened and opened >= opens_at)
end

local STRAGGLERS = 500

-- The draw, once an opening. Its members have been in the order of their lots all the time; from now on that is their order in the line.
local function draw_if_due(now, opened_at, opens_at)
  local opened = tonumber(redis.call('HGET', state, 'opened'))
  if opened_at and not (opened and opened >= opened_at) then
    settle(redis.call('ZCARD', drawn))
    local newest = redis.call('ZRANGE', waiting, -1, -1, 'WITHSCORES')[2]
    local place = math.max(opened_at, math.ceil(tonumber(newest or 0)) + 1, (tonumber(place_of_draw() or 0)) + 1)
    local count = redis.call('ZCARD', early)
    if count > 0 then
      redis.call('RENAME', early, drawn)
      -- Redis may have evicted either alone.
      if redis.call('EXISTS', early_quiet) == 1 then
        redis.call('RENAME', early_quiet, quiet)
      else
        redis.call('ZUNIONSTORE', quiet, 1, drawn)
      end
    end
    -- Room for all of them behind the place, in case they have to settle.
    local last = math.max(tonumber(redis.call('HGET', state, 'last') or 0), math.ceil(place) + math.ceil(count / 2048) + 1)
    redis.call('HSET', state, 'opened', opened_at, 'place', number(place), 'drawn_at', now, 'last', string.format('%.0f', last))
    keep(state, drawn, quiet)
    return
  end

  -- Early in an open line: by the word of somebody who did not know of the opening. They go to the end, by lot.
  local over = opened_at or now >= tonumber(redis.call('HGET', state, 'early_opens') or 0)
  if over and not rests(opens_at) then
    for _, token in ipairs(redis.call('ZRANGE', early, 0, STRAGGLERS - 1)) do
      redis.call('ZREM', early, token)
      redis.call('ZREM', early_quiet, token)
      stand_last(token, 0, now)
    end
  end
end

local function be_early(token, opens, lot)
  redis.call('ZADD', early, lot, token)
  redis.call('ZADD', early_quiet, lot, token)
  local latest = tonumber(redis.call('HGET', state, 'early_opens') or 0)
  redis.call('HSET', state, 'early_opens', string.format('%.0f', math.max(latest, tonumber(opens))))
  keep(early, early_quiet, state)
end
