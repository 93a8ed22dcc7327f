-- @takes record, id, now, events, spans, unqueued, open, expiring, outbox, retention
-- @include status
-- @include event
-- @include clock
-- @include owed
-- @include places
-- @include stop-waiting

-- From now on the invocation is kept for its retention only, and the key that stands for it no longer.
local function retain(status)
  redis.call("ZADD", expiring, clock() + retention, id .. "|" .. status .. "|" .. get("tenant"))
  local idempotency = get("idempotency")
  if idempotency then
    redis.call("PEXPIRE", idempotency, retention)
  end
  for _, key in ipairs({ spans, events, record }) do
    redis.call("PEXPIRE", key, retention)
  end
end

-- Leaves a row for who writes the deliveries, when a webhook may want to know: the invocation's own, or one of its
-- tenant's.
local function notify()
  if get("webhook") or redis.call("EXISTS", index("webhooks", get("tenant"))) == 1 then
    redis.call("ZADD", outbox, clock(), id)
  end
end

--[[
  The one way in which an invocation ends, shared by start, settle and cancel. What must happen exactly once with the
  end has its place here: status and times, the last event, retention, and every message that is owed to somebody
  because of the end.
    transition  leads to the terminal status
    failure     JSON error, or "null"
]]
local function finish(transition, failure)
  local status = advance(transition)
  redis.call("HSET", record, "endedAt", now)
  set_long("error", failure)
  append_event("invocation." .. status, get("attempt"), '"error":' .. failure .. ',"usage":' .. get("usage"))
  redis.call("ZREM", unqueued, id)
  redis.call("ZREM", open, id)
  stop_waiting(get("tenant"), id)
  leave_place(get("tenant"), id)
  if get("attempt") == "0" then
    owe_unwritten(0)
  end
  drop_credentials()
  notify()
  retain(status)
end
