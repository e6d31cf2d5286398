-- KEYS: 1 to 8 seats. ARGV: owner, lifetime in milliseconds. Answers 1 when the owner has all of them, 0 when it took none.
for _, seat in ipairs(KEYS) do
  local owner = redis.call('GET', seat)
  if owner and owner ~= ARGV[1] then
    return 0
  end
end
for _, seat in ipairs(KEYS) do
  redis.call('SET', seat, ARGV[1], 'PX', ARGV[2])
end
return 1
