-- Finds out why a queued invocation does not run. Looks up a few places and ranks, however much waits; writes nothing.

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
