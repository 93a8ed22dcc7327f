-- Tells whether a lease that has run out may be taken for lost. Every worker asks, some times per lease. When nobody has
-- asked for so long that leases can have run out meanwhile, Redis was away, or stood still, for all of them: then their
-- holders have one lease to come back and renew.

-- @include clock

local time = clock()
local fields = redis.call("HMGET", watch, "asked", "due")
local asked, due = tonumber(fields[1] or time), tonumber(fields[2] or 0)

if time - asked > longest then
  due = time + lease
end
redis.call("HSET", watch, "asked", time, "due", due)
return time >= due and 1 or 0
