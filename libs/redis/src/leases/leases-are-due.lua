--[[
  Tells whether a lease that has run out may be taken for lost. Every worker asks, some times per lease. When nobody has
  asked for so long that leases can have run out meanwhile, Redis was away, or stood still, for all of them: then their
  holders have one lease to come back and renew.
  Input:
    KEYS[1] watch  hash: when somebody asked last, and from when on leases are due, Unix ms
    ARGV[1] lease, ms
    ARGV[2] the longest time between two questions within which no lease that is kept runs out, ms
  Output: 1 or 0
]]
-- @include clock

local watch, lease, longest = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = clock()
local fields = redis.call("HMGET", watch, "asked", "due")
local asked, due = tonumber(fields[1] or time), tonumber(fields[2] or 0)

if time - asked > longest then
  due = time + lease
end
redis.call("HSET", watch, "asked", time, "due", due)
return time >= due and 1 or 0
