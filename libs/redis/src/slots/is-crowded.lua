--[[
  Whether more invocations have a place than the workers that are alive run at once: then reserves are used.
  Input:
    KEYS[1] admitted   sorted set of the places, see places.lua
    KEYS[2] workers    see workers.lua
  Output: 1 or 0
]]
local workers = KEYS[2]
-- @include capacity

return redis.call("ZCARD", KEYS[1]) > capacity() and 1 or 0
