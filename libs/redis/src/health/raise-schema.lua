--[[
  Notes the schema of the fleet's data, unless a newer one is noted.
  Input:
    KEYS[1] schema  string: the number
    ARGV[1] number of this version
  Output: nothing
]]
local found, own = tonumber(redis.call("GET", KEYS[1]) or 0), tonumber(ARGV[1])
if own > found then
  redis.call("SET", KEYS[1], own)
end
