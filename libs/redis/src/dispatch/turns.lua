-- @takes turns, virtual_time
-- @include index
-- @include clock

local function fleet_time()
  return tonumber(redis.call("GET", virtual_time) or 0)
end

-- Lets an invocation wait for its turn: behind the others of its tenant with the same priority that are older.
local function join(tenant, id, priority)
  redis.call("ZADD", index("lobby", tenant), -priority, id)
  redis.call("ZADD", index("waiting-since", tenant), "NX", clock(), id)
  if not redis.call("ZSCORE", turns, tenant) then
    redis.call("ZADD", turns, fleet_time(), tenant)
  end
end
