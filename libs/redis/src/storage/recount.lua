--[[
  Puts right where some invocations are counted, after their records: those that a set holds wrongly are taken off it,
  and the others get back what they lack. Those that run have their places, who waits for his turn has none.
  Input:
    KEYS[1] the set that holds these ids
    KEYS[2] open          sorted set of the ids of all that have not ended
    KEYS[3] admitted      sorted set of the places, see places.lua
    KEYS[4] turns         sorted set of the tenants; score: their virtual time
    KEYS[5] virtual time  of the fleet
    KEYS[6] workers       see workers.lua
    ARGV[1]  indexes  what the keys of the tenants' indexes begin with
    ARGV[2]  records  what the keys of the records begin with
    ARGV[3]  the status of those that belong in the set; empty for all that have not ended
    ARGV[4…] ids
  Output: how many members were put right, and the tenant of each that belongs
]]
-- @include transitions
local set, open, admitted, turns, virtual_time, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local indexes, records, wanted = ARGV[1], ARGV[2], ARGV[3]
-- @include admission

local mended, tenants = 0, {}

local function add(key, member)
  mended = mended + redis.call("ZADD", key, 0, member)
end

local function remove(key, member)
  mended = mended + redis.call("ZREM", key, member)
end

local function belongs(status)
  return status and next(TRANSITIONS[status]) ~= nil and (wanted == "" or wanted == status)
end

local function count(id, status, tenant, priority)
  add(open, id)
  add(index("all", tenant), id)
  add(index(status, tenant), id)
  if TRANSITIONS[status].requeue then
    add(admitted, place(tenant, id))
  elseif redis.call("ZSCORE", index("lobby", tenant), id) then
    remove(admitted, place(tenant, id))
    if not redis.call("ZSCORE", turns, tenant) then
      join(tenant, id, priority)
      mended = mended + 1
    end
  end
end

for i = 4, #ARGV do
  local id = ARGV[i]
  local fields = redis.call("HMGET", records .. id, "status", "tenant", "priority")
  local status, tenant, priority = fields[1], fields[2], fields[3]
  if belongs(status) then
    count(id, status, tenant, priority)
    tenants[#tenants + 1] = tenant
  else
    remove(set, id)
  end
end
return { mended, tenants }
