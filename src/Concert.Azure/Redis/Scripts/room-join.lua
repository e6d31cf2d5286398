-- ARGV: token, user, issued, now, max active, per interval, interval, active for, opened at, opens at, the token's opening and lot when it is early (or '' each)
-- Answers {status, first issue time, first user, position or end of the active time or 0, first opening, first lot}, or
-- {0, its issue time, that token, 0, its opening, its lot} when the user is in with another.
local token, user, issued, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local max_active, per_interval, interval, active_for = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local opened_at, opens_at, opens, lot = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11], ARGV[12]

local function answer(first_issued, first_user, first_opens, first_lot)
  local expires = active_until(token)
  if expires then
    return {ACTIVE, first_issued, first_user, expires, first_opens, first_lot}
  end
  local stands = position(token)
  return {stands and WAITING or EARLY, first_issued, first_user, stands or 0, first_opens, first_lot}
end

draw_if_due(now, opened_at, opens_at)

local expires = active_until(token)
if expires and expires <= now then
  remove(token)
end

-- A retry: it takes no second place, and counts as a poll.
local kept_issued, kept_user, kept_opens, kept_lot = claims_of(token)
local waits = position(token)
if waits then
  redis.call('ZADD', seen, now, token)
  redis.call('ZREM', quiet, token)
  keep(seen)
end
if kept_issued and (waits or active_until(token) or redis.call('ZSCORE', early, token)) then
  return answer(kept_issued, kept_user, kept_opens, kept_lot)
end

-- A repeat that was on its way while the token ended.
if has_ended(token) then
  return {ENDED, issued, user, 0, opens, lot}
end

if is_in_with_another(user, token, now) then
  local other = redis.call('HGET', users, user)
  local other_issued, _, other_opens, other_lot = claims_of(other)
  return {0, other_issued or now, other, 0, other_opens or '', other_lot or ''}
end

if not beginning() then
  begin(math.min(issued, now))
end

local resting = rests(opens_at)
if not (resting and opens ~= '') then
  -- Its caller believed that the opening was still to come.
  opens, lot = '', ''
end

local nobody_waits = length() == 0
enrol(token, user, issued, opens, lot)
if opens ~= '' then
  be_early(token, opens, lot)
elseif nobody_waits and not resting and free(now, max_active, per_interval, interval) > 0 then
  admit(token, now, active_for)
else
  stand_last(token, issued, now)
end

return answer(issued, user, opens, lot)
