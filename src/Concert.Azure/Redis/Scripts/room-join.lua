-- ARGV: token, user, issued, now, max active, per interval, interval, active for
-- Answers {status, first issue time, first user, position or end of the active time}, or {0, its issue time, that token} when the user is in with another.
local token, user, issued, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local max_active, per_interval, interval, active_for = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])

local function answer(first_issued, first_user)
  local expires = active_until(token)
  if expires then
    return {ACTIVE, first_issued, first_user, expires}
  end
  return {WAITING, first_issued, first_user, redis.call('ZRANK', waiting, token) + 1}
end

local expires = active_until(token)
if expires and expires <= now then
  remove(token)
end

-- A retry: it takes no second place, and counts as a poll.
local kept_issued, kept_user = claims_of(token)
local waits = redis.call('ZSCORE', waiting, token)
if waits then
  redis.call('ZADD', seen, now, token)
  keep(seen)
end
if kept_issued and (waits or active_until(token)) then
  return answer(kept_issued, kept_user)
end

if is_in_with_another(user, token, now) then
  local other = redis.call('HGET', users, user)
  local other_issued = claims_of(other)
  return {0, other_issued or now, other}
end

if not beginning() then
  begin(math.min(issued, now))
end

local nobody_waits = redis.call('ZCARD', waiting) == 0
enrol(token, user, issued)
if nobody_waits and free(now, max_active, per_interval, interval) > 0 then
  admit(token, now, active_for)
else
  -- Strictly by arrival: each place is later than all before, and close to the issue time, which decides when the room has lost its memory.
  local place = math.max(issued, tonumber(redis.call('HGET', state, 'last')) + 1)
  redis.call('HSET', state, 'last', place)
  redis.call('ZADD', waiting, place, token)
  redis.call('ZADD', seen, now, token)
  keep(waiting, seen)
end

return answer(issued, user)
