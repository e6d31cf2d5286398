-- ARGV: token, issued
local known = claims_of(ARGV[1])
remove(ARGV[1])
if not known and not has_ended(ARGV[1]) then
  remember_end(ARGV[1], tonumber(ARGV[2]))
end
return 1
