--[[
  Writes a new, queued invocation with its idempotency key, its place in the indexes, its first event and the spans of
  its submission.
  Input: the scope, then
    KEYS[10] hash of the idempotency key; absent without one
    ARGV[6]  deadline: Redis time after which the call came too late, Unix ms
    ARGV[7]  tenant
    ARGV[8]  fingerprint of the submission; empty without an idempotency key
    ARGV[9]  milliseconds that the idempotency key is kept
    ARGV[10] the events of the start, JSON
    ARGV[11] spans of the submission, one element of the list; empty when there are none
    ARGV[12…] fields of the record and their values
  Output: { kind, Redis time in Unix ms, id }
    created     the id is its own
    replayed    the key stands for the invocation with this id
    key_conflict the key was used with another submission
    late        nothing was written
]]
-- @include scope
-- @include clock

local idempotency = KEYS[10]
local deadline, tenant, fingerprint, idempotency_ttl = tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9]
local first_event, written = ARGV[10], ARGV[11]
local time = clock()

if time > deadline then
  return { "late", time, id }
end

-- An idempotency key that outlived its record stands for nothing.
local function record_of(other)
  return string.sub(record, 1, #record - #id) .. other
end

if idempotency then
  local used = redis.call("HMGET", idempotency, "id", "fingerprint")
  if used[1] and redis.call("EXISTS", record_of(used[1])) == 1 then
    return { used[2] == fingerprint and "replayed" or "key_conflict", time, used[1] }
  end
  redis.call("HSET", idempotency, "id", id, "fingerprint", fingerprint)
  redis.call("PEXPIRE", idempotency, idempotency_ttl)
  redis.call("HSET", record, "idempotency", idempotency)
end

redis.call("HSET", record, unpack(ARGV, 12))
redis.call("ZADD", index("all", tenant), 0, id)
redis.call("ZADD", index("queued", tenant), 0, id)
redis.call("ZADD", open, 0, id)
redis.call("ZADD", unqueued, time, id)
redis.call("XADD", events, "*", "e", first_event)
if written ~= "" then
  redis.call("RPUSH", spans, written)
end
return { "created", time, id }
