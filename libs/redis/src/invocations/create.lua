--[[
  Writes a new, queued invocation with its idempotency key, its place in the indexes, its first event and the spans of
  its submission, and lets it wait for its turn. Whose turn it is by now is admitted.
  Input: the scope, then
    KEYS[12] turns         sorted set of the tenants; score: their virtual time
    KEYS[13] virtual time  of the fleet
    KEYS[14] workers       see workers.lua
    KEYS[15] hash of the idempotency key; absent without one
    ARGV[6]  deadline: Redis time after which the call came too late, Unix ms
    ARGV[7]  tenant
    ARGV[8]  fingerprint of the submission; empty without an idempotency key
    ARGV[9]  its first event, JSON
    ARGV[10] spans of the submission, one element of the list; empty when there are none
    ARGV[11] milliseconds until it waits for its turn
    ARGV[12] most queued invocations of the tenant; 0 is no limit, as for the next two
    ARGV[13] most queued invocations of all
    ARGV[14] most places of the tenant
    ARGV[15] records: what the keys of the records begin with
    ARGV[16] most bytes of the tenant
    ARGV[17] 1 when Redis is nearly full, else 0
    ARGV[18…] fields of the record and their values
  Output: { kind, Redis time in Unix ms, id, what was admitted as of admit.lua }
    created     the id is its own
    tenant_full the tenant has as many queued invocations as it may have; nothing was written
    fleet_full  the same of all tenants together
    tenant_storage_full the tenant would hold more bytes than it may; nothing was written
    storage_full Redis is nearly full; nothing was written
    replayed    the key stands for the invocation with this id
    key_conflict the key was used with another submission
    late        nothing was written
]]
-- @include scope
local turns, virtual_time, workers, idempotency = KEYS[12], KEYS[13], KEYS[14], KEYS[15]
local delay, most_of_tenant, most_of_all = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
local tenant_places, records = tonumber(ARGV[14]), ARGV[15]
-- @include waiting
-- @include event
local most_bytes, is_nearly_full = tonumber(ARGV[16]), ARGV[17] == "1"
local FIRST_FIELD = 18

local deadline, tenant, fingerprint = tonumber(ARGV[6]), ARGV[7], ARGV[8]
local first_event, written = ARGV[9], ARGV[10]
local time = clock()

if time > deadline then
  return { "late", time, id, {} }
end

local function record_bytes()
  local sum = SMALL_BYTES
  for i = FIRST_FIELD, #ARGV, 2 do
    if LONG_FIELDS[ARGV[i]] then
      sum = sum + #ARGV[i + 1]
    end
  end
  return sum
end

local bytes = record_bytes()

-- What is full. Those of all tenants that are queued are the open ones without those that have a place.
local function full()
  if most_of_tenant > 0 and redis.call("ZCARD", index("queued", tenant)) >= most_of_tenant then
    return "tenant_full"
  end
  if most_of_all > 0 and redis.call("ZCARD", open) - redis.call("ZCARD", admitted) >= most_of_all then
    return "fleet_full"
  end
  if is_nearly_full then
    return "storage_full"
  end
  if most_bytes > 0 and bytes_of_tenant(tenant) + bytes + #first_event + #written > most_bytes then
    return "tenant_storage_full"
  end
end

if idempotency then
  local used = redis.call("HMGET", idempotency, "id", "fingerprint")
  -- A key that outlived its record stands for nothing.
  if used[1] and redis.call("EXISTS", records .. used[1]) == 1 then
    return { used[2] == fingerprint and "replayed" or "key_conflict", time, used[1], {} }
  end
end

local refusal = full()
if refusal then
  return { refusal, time, id, {} }
end

if idempotency then
  redis.call("HSET", idempotency, "id", id, "fingerprint", fingerprint)
  -- It is kept as long as what it stands for, and expires with it; one that is left over may have a time to live.
  redis.call("PERSIST", idempotency)
  redis.call("HSET", record, "idempotency", idempotency)
end

redis.call("HSET", record, unpack(ARGV, FIRST_FIELD))
grow(bytes)
redis.call("ZADD", index("all", tenant), 0, id)
redis.call("ZADD", index("queued", tenant), 0, id)
redis.call("ZADD", open, 0, id)
begin_log(first_event)
if written ~= "" then
  redis.call("RPUSH", spans, written)
  grow(#written)
end
count_growth()
wait_for_turn(tenant, get("priority"), delay)
return { "created", time, id, admit() }
