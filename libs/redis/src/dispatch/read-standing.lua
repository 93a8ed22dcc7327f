-- Counts the invocations that wait for a place and those that have one, and finds how long the oldest has waited.

local MOST_STALE = 100
-- @include clock
-- @include places

-- Since when the invocation of the tenant that has waited longest waits. A worker of a version that does not know the
-- index leaves entries there: they go.
local function oldest_of(tenant)
  local since = index("waiting-since", tenant)
  for _ = 1, MOST_STALE do
    local oldest = redis.call("ZRANGE", since, 0, 0, "WITHSCORES")
    if #oldest == 0 then
      return nil
    end
    if redis.call("ZSCORE", index("lobby", tenant), oldest[1]) then
      return tonumber(oldest[2])
    end
    redis.call("ZREM", since, oldest[1])
  end
  return nil
end

local time = clock()
local oldest = time
local waiting, count, tenants = 0, 0, {}
for _, tenant in ipairs(redis.call("ZRANGE", turns, 0, -1)) do
  local own = redis.call("ZCARD", index("lobby", tenant))
  if own > 0 then
    waiting = waiting + own
    oldest = math.min(oldest, oldest_of(tenant) or time)
    count = count + 1
    if count <= limit then
      tenants[count] = { tenant, own, places_of(tenant) }
    end
  end
end
return { waiting, redis.call("ZCARD", scheduled), redis.call("ZCARD", admitted), count, tenants, time - oldest }
