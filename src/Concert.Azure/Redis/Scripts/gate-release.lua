-- KEYS: 1 to 8 seats. ARGV: owner. Compare and delete.
local released = 0
for _, seat in ipairs(KEYS) do
  if redis.call('GET', seat) == ARGV[1] then
    released = released + redis.call('DEL', seat)
  end
end
return released
