-- Counts who waits for a place and who has one. Writes nothing.

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
