-- Writes a new, queued invocation with its idempotency key, its place in the indexes, its first event and the spans of
-- its submission, and lets it wait for its turn. Whose turn it is by now is admitted.

-- @include scope
local idempotency = KEYS[MORE_KEYS]
-- @include waiting
-- @include admission
-- @include event

local time = clock()

if time > deadline then
  return { "late", time, id, {} }
end

local function record_bytes()
  local sum = SMALL_BYTES
  for i = MORE_ARGS, #ARGV, 2 do
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

redis.call("HSET", record, unpack(ARGV, MORE_ARGS))
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
