--[[
  Cancels a queued invocation; notes the wish when an attempt runs, and tells its worker. Works when Redis is full.
  Input: the scope, then
    ARGV[6] tenant
    ARGV[7] error of a cancelled invocation, JSON
    ARGV[8] channel of requests
    ARGV[9] who asks, and why, JSON
  Output: { kind, the record's fields and values }
    cancelled | requested | illegal | missing
]]
-- @include scope
-- @include status
-- @include finish
-- @include when-full

local tenant, cancelled_error, requests, cancellation = ARGV[6], ARGV[7], ARGV[8], ARGV[9]

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
