-- @takes scheduled
-- @include index

-- The invocation waits neither for its turn nor for its time any more.
local function stop_waiting(tenant, id)
  redis.call("ZREM", index("lobby", tenant), id)
  redis.call("ZREM", index("waiting-since", tenant), id)
  redis.call("ZREM", scheduled, id)
end
