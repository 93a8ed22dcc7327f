--[[
  Tells when the first of all members is due. Writes nothing.
  Input:
    KEYS[1…] sorted sets; score: when a member is due
  Output: milliseconds from now, 0 when it is due already; nil without members
]]
-- @include clock

local first
for _, key in ipairs(KEYS) do
  local score = tonumber(redis.call("ZRANGE", key, 0, 0, "WITHSCORES")[2])
  if score and (not first or score < first) then
    first = score
  end
end
return first and math.max(0, first - clock())
