--[[
  Whether more invocations have a place than the workers that are alive run at once: then reserves are used.
  Writes nothing.
  Input:
    KEYS[1] admitted   sorted set of the places, see places.lua
    KEYS[2] deadlines  sorted set of the workers; score: when each vanishes
    KEYS[3] slots      hash from a worker to how many attempts it runs at once
  Output: 1 or 0
]]
local deadlines, slots = KEYS[2], KEYS[3]
-- @include capacity

return redis.call("ZCARD", KEYS[1]) > capacity() and 1 or 0
