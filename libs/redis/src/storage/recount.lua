-- Puts right where some invocations are counted, after their records: those that a set holds wrongly are taken off it,
-- and the others get back what they lack. Those that run have their places, who waits for his turn has none.

-- @include transitions
-- @include places
-- @include turns

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

for i = MORE_ARGS, #ARGV do
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
