-- ARGV: token, user, issued, now, 1 to poll or 0 to look, opened at, opens at, the token's opening and lot when it is early (or '' each)
-- Answers {status, position or end of the active time or 0, 1 when the token was put back}.
local token, user, issued, now, poll = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local opened_at, opens_at, opens, lot = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8], ARGV[9]

if poll then
  draw_if_due(now, opened_at, opens_at)
end

local expires = active_until(token)
if expires then
  if expires > now then
    return {ACTIVE, expires, 0}
  end
  return {ENDED, 0, 0}
end

local stands = position(token)
if stands then
  if poll then
    redis.call('ZADD', seen, now, token)
    redis.call('ZREM', quiet, token)
    keep(seen)
  end
  return {WAITING, stands, 0}
end

if redis.call('ZSCORE', early, token) then
  return {EARLY, 0, 0}
end

-- In no line: it ended, or the room has forgotten it. Enrolled all the same: Redis evicted a line, which is forgetting too.
local since = beginning()
local remembered = since and issued >= since and not claims_of(token)
if remembered or has_ended(token) or is_in_with_another(user, token, now) then
  return {ENDED, 0, 0}
end

local resting = rests(opens_at)
if not poll then
  if opens ~= '' and resting then
    return {EARLY, 0, 0}
  end
  return {WAITING, redis.call('ZCOUNT', waiting, '-inf', issued) + 1, 0}
end

if not since then
  begin(now)
end

enrol(token, user, issued, opens, lot)
if opens ~= '' and resting then
  be_early(token, opens, lot)
  return {EARLY, 0, 1}
end

if opens ~= '' then
  -- Its lot still says where it stands after the opening.
  if not place_of_draw() then
    redis.call('HSET', state, 'place', opens, 'drawn_at', now)
  end
  redis.call('ZADD', drawn, lot, token)
  keep(drawn)
else
  redis.call('ZADD', waiting, issued, token)
end
redis.call('ZADD', seen, now, token)
keep(waiting, seen)
return {WAITING, position(token), 1}
