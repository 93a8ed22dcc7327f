-- @include index

-- Who has a place is in `admitted` as tenant, NUL, id: the places of one tenant stand together.
local function place(tenant, id)
  return tenant .. "\0" .. id
end

local function places_of(tenant)
  return redis.call("ZLEXCOUNT", admitted, "[" .. tenant .. "\0", "(" .. tenant .. "\1")
end

-- The invocation waits neither for its turn nor for its time any more.
local function stop_waiting(tenant, id)
  redis.call("ZREM", index("lobby", tenant), id)
  redis.call("ZREM", scheduled, id)
end

-- Whether it had no place before.
local function take_place(tenant, id)
  return redis.call("ZADD", admitted, 0, place(tenant, id)) == 1
end

local function leave_place(tenant, id)
  redis.call("ZREM", admitted, place(tenant, id))
end
