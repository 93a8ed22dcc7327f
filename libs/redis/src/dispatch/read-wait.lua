--[[
  Finds out why a queued invocation does not run. Looks up a few places and ranks, however much waits; writes nothing.
  Input:
    KEYS[1] record
    KEYS[2] admitted     sorted set of the places, see places.lua
    KEYS[3] scheduled    sorted set of the ids of those that wait for their time
    KEYS[4] workers      see workers.lua
    KEYS[5] meta         BullMQ's hash about the queue, which has a field `paused` while it is paused
    KEYS[6] delayed      BullMQ's sorted set of delayed entries; score: when they are due, Unix ms times 4096
    KEYS[7] prioritized  BullMQ's sorted set of the entries that may be claimed, the next one first
    ARGV[1] id
    ARGV[2] indexes      what the keys of the tenants' indexes begin with
    ARGV[3] tenant places  the most that a tenant may have; 0 is no limit
  Output: { reason, how many are ahead or -1, until when in Unix ms or 0 }; nothing when it is not queued
]]
local record, admitted, scheduled, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local meta, delayed, prioritized = KEYS[5], KEYS[6], KEYS[7]
local id, indexes, tenant_places = ARGV[1], ARGV[2], tonumber(ARGV[3])
local DELAY_FACTOR = 4096
-- @include clock
-- @include places

local fields = redis.call("HMGET", record, "status", "tenant", "heldUntil")
if fields[1] ~= "queued" then
  return nil
end
local tenant = fields[2]

local function due_at()
  local at = redis.call("ZSCORE", scheduled, id)
  if at then
    return tonumber(at)
  end
  local score = redis.call("ZSCORE", delayed, id)
  return score and math.floor(tonumber(score) / DELAY_FACTOR) or 0
end

local due = due_at()
if due > clock() then
  return { fields[3] and "provider" or "delay", -1, due }
end
if redis.call("HEXISTS", meta, "paused") == 1 then
  return { "queue_paused", -1, 0 }
end
if redis.call("ZCOUNT", workers .. ":deadlines", clock(), "+inf") == 0 then
  return { "no_worker", -1, 0 }
end
local rank = redis.call("ZRANK", index("lobby", tenant), id)
if not rank then
  return { "turn", redis.call("ZRANK", prioritized, id) or 0, 0 }
end
if tenant_places > 0 and places_of(tenant) >= tenant_places then
  return { "tenant_limit", rank, 0 }
end
return { "turn", rank, 0 }
