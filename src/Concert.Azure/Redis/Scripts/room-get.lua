-- ARGV: token, user, issued, now, 1 to poll or 0 to look
-- Answers {status, position or end of the active time or 0, 1 when the token was put back in line}.
local token, user, issued, now, poll = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'

local expires = active_until(token)
if expires then
  if expires > now then
    return {ACTIVE, expires, 0}
  end
  return {ENDED, 0, 0}
end

local rank = redis.call('ZRANK', waiting, token)
if rank then
  if poll then
    redis.call('ZADD', seen, now, token)
    keep(seen)
  end
  return {WAITING, rank + 1, 0}
end

-- In no line: it ended, or the room has forgotten it. Enrolled all the same: Redis evicted a line, which is forgetting too.
local since = beginning()
local remembered = since and issued >= since and not claims_of(token)
if remembered or redis.call('SISMEMBER', ended, token) == 1 or is_in_with_another(user, token, now) then
  return {ENDED, 0, 0}
end

if not poll then
  return {WAITING, redis.call('ZCOUNT', waiting, '-inf', issued) + 1, 0}
end

if not since then
  begin(now)
end

enrol(token, user, issued)
redis.call('ZADD', waiting, issued, token)
redis.call('ZADD', seen, now, token)
keep(waiting, seen)
return {WAITING, redis.call('ZRANK', waiting, token) + 1, 1}
