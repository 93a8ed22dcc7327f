-- @takes indexes
-- @include index

--[[
  How many bytes each invocation holds, and all of a tenant together. An invocation counts as a constant, which stands for
  its small fields and its places in the indexes, and the lengths of what may be long: these fields of its record, the
  events of its log, its spans and its journals. Every script that changes one of them counts it.
    sizes            hash of a tenant, from the id of an invocation to its bytes
    storage          hash from a tenant to the sum of its sizes
    storage-recount  hash of the recount that is under way: tenant, the last id that was counted, and the sum so far
]]
local SMALL_BYTES = 2048
local LONG_FIELDS = {
  given = true, submission = true, traceHeaders = true, webhook = true, carrier = true, output = true,
  messages = true, artifacts = true, error = true, folded = true, head = true,
}

-- Counts a change. A recount has counted those up to its last id as they were.
local function count_bytes(tenant, id, bytes)
  if bytes == 0 then
    return
  end
  redis.call("HINCRBY", index("sizes", tenant), id, bytes)
  if redis.call("HINCRBY", indexes .. "storage", tenant, bytes) == 0 then
    redis.call("HDEL", indexes .. "storage", tenant)
  end
  local recount = redis.call("HMGET", indexes .. "storage-recount", "tenant", "last")
  if recount[1] == tenant and id <= recount[2] then
    redis.call("HINCRBY", indexes .. "storage-recount", "sum", bytes)
  end
end

local function bytes_of_tenant(tenant)
  return tonumber(redis.call("HGET", indexes .. "storage", tenant) or 0)
end
