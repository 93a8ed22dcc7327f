-- @takes admitted
-- @include index

-- Who has a place is in `admitted` as tenant, NUL, id: the places of one tenant stand together.
local function place(tenant, id)
  return tenant .. "\0" .. id
end

local function places_of(tenant)
  return redis.call("ZLEXCOUNT", admitted, "[" .. tenant .. "\0", "(" .. tenant .. "\1")
end

-- Whether it had no place before.
local function take_place(tenant, id)
  return redis.call("ZADD", admitted, 0, place(tenant, id)) == 1
end

local function leave_place(tenant, id)
  redis.call("ZREM", admitted, place(tenant, id))
end
