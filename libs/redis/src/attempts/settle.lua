-- Ends an attempt, and with it the invocation unless another attempt follows. Works when Redis is full.

-- @include scope
-- @include fence
-- @include attempts
-- @include usage
-- @include finish
-- @include requeue
-- @include write-spans
-- @include when-full(record)

work_when_full()
local passed = fence(attempt, writer, call)
if passed ~= "current" then
  return passed == "repeated" and "accepted" or "stale"
end

local function end_with(final_transition, final_error)
  set_long("output", output)
  set_long("messages", messages)
  redis.call("HSET", record, "messageCount", message_count)
  set_long("artifacts", artifacts)
  redis.call("HSET", record, "stopReason", stop_reason)
  finish(final_transition, final_error)
end

local function try_again()
  requeue()
  if kind == "again" then
    append_event("retry.scheduled", attempt, '"scope":"attempt","delayMs":' .. delay .. ',"reason":"' .. ended .. '"')
  end
end

-- An attempt that ended before a pause took hold of it has an outcome which a paused one cannot have: it is resumed.
local function resume_for(final_transition)
  local status = get("status")
  if TRANSITIONS[status][final_transition] then
    return
  end
  local resumed = TRANSITIONS[status].resume
  if not resumed or not TRANSITIONS[resumed][final_transition] then
    error("illegal transition: " .. final_transition .. " from " .. status)
  end
  advance("resume")
  append_event("invocation.resumed", attempt)
end

if kind == "final" then
  resume_for(transition)
end
close_attempt(ended, failure)
write_spans(written, journal, attempt)
owe(attempt, settler_lease)
-- The outcome has it all.
redis.call("HDEL", record, "progress")
add_usage(cjson.decode(usage))
if kind == "final" then
  end_with(transition, failure)
elseif get("cancelRequestedAt") then
  end_with("cancel", cancelled_error)
else
  try_again()
end
count_growth()
announce()
return "accepted"
