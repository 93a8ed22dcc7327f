-- @takes unqueued, admitted, scheduled, turns, virtual_time, records, tenant_places
-- @include clock
-- @include capacity
-- @include places
-- @include turns

--[[
  Start-time fair queuing of the tenants. Each tenant in `turns` has a virtual time, and whoever has the least is next:
  an admission moves him one on from the virtual time of the fleet, or his own if that is later. A tenant who comes, or
  comes back, begins at that of the fleet: having waited for nothing earns nothing.
  `tenant_places` is the most that a tenant may have; 0 is no limit.
]]
local ADMITTED_AT_ONCE = 100
-- Of each admitted one in what `admit` returns.
local VALUES = 4
local DUE_AT_ONCE = 500
local TENANTS_AT_ONCE = 100

local function join_due()
  for _, id in ipairs(redis.call("ZRANGEBYSCORE", scheduled, "-inf", clock(), "LIMIT", 0, DUE_AT_ONCE)) do
    redis.call("ZREM", scheduled, id)
    local fields = redis.call("HMGET", records .. id, "status", "tenant", "priority")
    if fields[1] == "queued" then
      join(fields[2], id, fields[3])
    end
  end
end

-- Whether there is a place for the tenant. The last one of each worker is for tenants who have none.
local function has_place_for(tenant, taken, common, reserved)
  local held = places_of(tenant)
  if tenant_places > 0 and held >= tenant_places then
    return false
  end
  return taken < common or (held == 0 and taken < common + reserved)
end

-- The next tenant who waits and can have a place, with his virtual time; nil when there is none. At the front, one who
-- waits for nothing is forgotten: the time of the fleet has come to his.
local function next_tenant(taken, common, reserved)
  local first = 0
  repeat
    local page = redis.call("ZRANGE", turns, first, first + TENANTS_AT_ONCE - 1, "WITHSCORES")
    for i = 1, #page, 2 do
      local tenant, time = page[i], tonumber(page[i + 1])
      if redis.call("EXISTS", index("lobby", tenant)) == 1 then
        if has_place_for(tenant, taken, common, reserved) then
          return tenant, time
        end
        first = first + 1
      elseif first == 0 then
        redis.call("ZREM", turns, tenant)
        redis.call("SET", virtual_time, math.max(fleet_time(), time))
      else
        first = first + 1
      end
    end
  until #page == 0
end

local function count_turn(tenant, own_time)
  local time = math.max(fleet_time(), own_time)
  redis.call("SET", virtual_time, time)
  redis.call("ZADD", turns, time + 1, tenant)
end

-- Gives the free places to those whose turn it is. Returns id, carrier (JSON) and priority of each, and 1 when its place
-- is a reserve, else 0, in a row.
local function admit()
  join_due()
  local entries = {}
  local common, reserved = capacity()
  local taken = redis.call("ZCARD", admitted)
  while #entries < VALUES * ADMITTED_AT_ONCE and taken < common + reserved do
    local tenant, time = next_tenant(taken, common, reserved)
    if not tenant then
      break
    end
    local id = redis.call("ZRANGE", index("lobby", tenant), 0, 0)[1]
    redis.call("ZREM", index("lobby", tenant), id)
    redis.call("ZREM", index("waiting-since", tenant), id)
    local fields = redis.call("HMGET", records .. id, "status", "carrier", "priority")
    if fields[1] == "queued" then
      count_turn(tenant, time)
      take_place(tenant, id)
      redis.call("ZADD", unqueued, clock(), id)
      local needs_reserve = taken >= common and "1" or "0"
      taken = taken + 1
      for _, value in ipairs({ id, fields[2], fields[3], needs_reserve }) do
        entries[#entries + 1] = value
      end
    end
  end
  return entries
end
