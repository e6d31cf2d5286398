-- ARGV: now, max active, per interval, interval, active for, silence, batch, opened at, opens at
-- Answers {admitted, dropped, expired, active, waiting, 1 when the batch was too small: call again, early}.
local now, max_active, per_interval, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local active_for, silence, batch = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local opened_at, opens_at = tonumber(ARGV[8]), tonumber(ARGV[9])

draw_if_due(now, opened_at, opens_at)
local resting = rests(opens_at)

-- Who could not poll is not silent. Rounds come about every second, so a long gap between two of them means that the room could not be asked;
-- for one silence limit after that, the gap is no silence. The limit itself absorbs gaps up to its half.
local function gap_in_service()
  local round, away, away_until = unpack(redis.call('HMGET', state, 'round', 'away', 'away_until'))
  local gap = now - (tonumber(round) or now)
  away, away_until = tonumber(away) or 0, tonumber(away_until) or 0
  if now >= away_until then
    away = 0
  end
  if gap > math.max(5000, silence / 2) then
    away, away_until = away + gap, now + silence
  end
  if beginning() then
    redis.call('HSET', state, 'round', now, 'away', away, 'away_until', away_until)
  end
  return away
end

local over = redis.call('ZRANGEBYSCORE', active, '-inf', now, 'LIMIT', 0, batch)
for _, token in ipairs(over) do
  remove(token)
end

local silent_since = now - silence - gap_in_service()
local silent = redis.call('ZRANGEBYSCORE', seen, '-inf', '(' .. silent_since, 'LIMIT', 0, batch)
-- Nobody had to poll before the draw. Who has not since then is quiet.
if #silent < batch and silent_since > tonumber(redis.call('HGET', state, 'drawn_at') or 0) then
  for _, token in ipairs(redis.call('ZRANGE', quiet, 0, batch - #silent - 1)) do
    silent[#silent + 1] = token
  end
end
for _, token in ipairs(silent) do
  remove(token)
end

-- More than this script ends at most.
local outlived = redis.call('ZCOUNT', ended, '-inf', now - KEEP_SECONDS * 1000)
if outlived > 0 then
  redis.call('ZREMRANGEBYRANK', ended, 0, math.min(outlived, 4 * batch) - 1)
end

-- Twice the interval, because another instance's clock may be behind this one's.
redis.call('ZREMRANGEBYSCORE', admitted, '-inf', now - 2 * interval)

-- Nobody is admitted while a silent member might still be at the head of the line.
local count, more = 0, 1
if #over < batch and #silent < batch then
  local allowed = resting and 0 or free(now, max_active, per_interval, interval)
  local first = heads(math.min(allowed, batch))
  for _, token in ipairs(first) do
    admit(token, now, active_for)
  end
  count, more = #first, #first == batch and 1 or 0
  if resting and settle(batch) == batch then
    more = 1
  end
end

return {count, #silent, #over, redis.call('ZCOUNT', active, '(' .. now, '+inf'), length(), more, redis.call('ZCARD', early)}
