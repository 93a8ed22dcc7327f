-- Tells when the first of all members is due. Writes nothing.

-- @include clock

local first
for _, key in ipairs({ due, outbox }) do
  local score = tonumber(redis.call("ZRANGE", key, 0, 0, "WITHSCORES")[2])
  if score and (not first or score < first) then
    first = score
  end
end
return first and math.max(0, first - clock())
