-- Takes invocations whose retention has run out off their indexes, and their bytes off their tenants'; the records
-- themselves expire by their own.

-- @include clock
-- @include storage

local due = redis.call("ZRANGEBYSCORE", expiring, "-inf", clock(), "LIMIT", 0, limit)
for _, member in ipairs(due) do
  local id, status, tenant = string.match(member, "^([^|]+)|([^|]+)|(.*)$")
  redis.call("ZREM", index("all", tenant), id)
  redis.call("ZREM", index(status, tenant), id)
  redis.call("ZREM", expiring, member)
  count_bytes(tenant, id, -tonumber(redis.call("HGET", index("sizes", tenant), id) or 0))
  redis.call("HDEL", index("sizes", tenant), id)
end
return #due
