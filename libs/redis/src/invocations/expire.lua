--[[
  Takes invocations whose retention has run out off their indexes, and their bytes off their tenants'; the records
  themselves expire by their own.
  Input:
    KEYS[1] expiring  sorted set of ended invocations
    ARGV[1] indexes   what the keys of the tenants' indexes begin with
    ARGV[2] how many at most
  Output: how many
]]
-- @include clock
local indexes = ARGV[1]
-- @include storage

local due = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", clock(), "LIMIT", 0, ARGV[2])
for _, member in ipairs(due) do
  local id, status, tenant = string.match(member, "^([^|]+)|([^|]+)|(.*)$")
  redis.call("ZREM", index("all", tenant), id)
  redis.call("ZREM", index(status, tenant), id)
  redis.call("ZREM", KEYS[1], member)
  count_bytes(tenant, id, -tonumber(redis.call("HGET", index("sizes", tenant), id) or 0))
  redis.call("HDEL", index("sizes", tenant), id)
end
return #due
