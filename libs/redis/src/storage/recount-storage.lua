-- Counts some more of a tenant's invocations, in the order of their ids, for the sum of their bytes, and puts the sum right
-- when all are counted. What changes meanwhile is counted by the scripts that change it, see storage.lua. One whose bytes
-- are not known is measured.

-- @include storage

local recount, sizes, all = indexes .. "storage-recount", index("sizes", tenant), index("all", tenant)

local function list_bytes(key)
  local sum = 0
  for i = 0, redis.call("LLEN", key) - 1 do
    sum = sum + #redis.call("LINDEX", key, i)
  end
  return sum
end

local function measure(id)
  local record, sum = records .. id, SMALL_BYTES
  if redis.call("EXISTS", record) == 0 then
    return 0
  end
  for field in pairs(LONG_FIELDS) do
    sum = sum + redis.call("HSTRLEN", record, field)
  end
  for attempt = 0, tonumber(redis.call("HGET", record, "attempt") or 0) do
    sum = sum + list_bytes(journals .. id .. ":" .. attempt)
  end
  return sum + tonumber(redis.call("HGET", record, "eventBytes") or 0) + list_bytes(spans .. id)
end

if redis.call("HGET", recount, "tenant") ~= tenant then
  redis.call("DEL", recount)
  redis.call("HSET", recount, "tenant", tenant, "last", "", "sum", 0)
end
local last = redis.call("HGET", recount, "last")
local ids = redis.call("ZRANGEBYLEX", all, last == "" and "-" or "(" .. last, "+", "LIMIT", 0, count)
local sum = 0
for i, bytes in ipairs(#ids > 0 and redis.call("HMGET", sizes, unpack(ids)) or {}) do
  if not bytes then
    bytes = measure(ids[i])
    redis.call("HSET", sizes, ids[i], bytes)
  end
  sum = sum + tonumber(bytes)
end
redis.call("HINCRBY", recount, "sum", sum)
if #ids == count then
  redis.call("HSET", recount, "last", ids[#ids])
  return { 0, 0 }
end
local counted = tonumber(redis.call("HGET", recount, "sum"))
local wrong = math.abs(counted - bytes_of_tenant(tenant))
redis.call("HSET", indexes .. "storage", tenant, counted)
redis.call("DEL", recount)
return { 1, wrong }
