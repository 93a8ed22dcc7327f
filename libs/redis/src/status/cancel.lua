-- Cancels a queued invocation; notes the wish when an attempt runs, and tells its worker. Works when Redis is full.

-- @include scope
-- @include status
-- @include finish
-- @include when-full(record)

local status = get("status")
if not status or get("tenant") ~= tenant then
  return { "missing", {} }
end

local function cancel()
  if status == TRANSITIONS.queued.cancel then
    return "cancelled"
  end
  if not TRANSITIONS[status].cancel then
    return "illegal"
  end
  redis.call("HSETNX", record, "cancellation", cancellation)
  if has_open_attempt(status) then
    redis.call("HSETNX", record, "cancelRequestedAt", now)
    redis.call("PUBLISH", requests, id)
    return "requested"
  end
  finish("cancel", cancelled_error)
  return "cancelled"
end

work_when_full()
local kind = cancel()
count_growth()
if kind ~= "illegal" then
  announce()
end
return { kind, redis.call("HGETALL", record) }
