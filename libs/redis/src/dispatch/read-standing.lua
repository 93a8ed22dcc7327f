--[[
  Counts who waits for a place and who has one. Writes nothing.
  Input:
    KEYS[1] admitted   sorted set of the places, see places.lua
    KEYS[2] scheduled  sorted set of the ids of those that wait for their time
    KEYS[3] turns      sorted set of the tenants; score: their virtual time
    ARGV[1] indexes    what the keys of the tenants' indexes begin with
    ARGV[2] how many tenants are listed at most
  Output: { waiting, scheduled, admitted, how many tenants wait, { tenant, waiting, places of each } }
]]
local admitted, scheduled, turns, indexes, limit = KEYS[1], KEYS[2], KEYS[3], ARGV[1], tonumber(ARGV[2])
-- @include places

local waiting, count, tenants = 0, 0, {}
for _, tenant in ipairs(redis.call("ZRANGE", turns, 0, -1)) do
  local own = redis.call("ZCARD", index("lobby", tenant))
  if own > 0 then
    waiting = waiting + own
    count = count + 1
    if count <= limit then
      tenants[count] = { tenant, own, places_of(tenant) }
    end
  end
end
return { waiting, redis.call("ZCARD", scheduled), redis.call("ZCARD", admitted), count, tenants }
