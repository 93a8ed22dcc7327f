--[[
  Ends an attempt, and with it the invocation unless another attempt follows. Works when Redis is full.
  Input: the scope, then
    KEYS[12] journal of the attempt
    ARGV[6]  attempt
    ARGV[7]  writer
    ARGV[8]  number of the writer's call
    ARGV[9]  kind: final | again | handed_back
    ARGV[10] what the attempt ended with: succeeded, handed_back or an error code
    ARGV[11] error of the attempt, JSON or "null"
    ARGV[12] usage of the attempt, JSON
    ARGV[13] transition that ends the invocation; read when final
    ARGV[14] output, JSON string or "null"
    ARGV[15] messages, JSON
    ARGV[16] error of a cancelled invocation, JSON
    ARGV[17] milliseconds until the next attempt; read when again
    ARGV[18] spans of the attempt, one element of the list; empty when there are none
    ARGV[19] milliseconds that the caller has its spans for itself
    ARGV[20] artifacts, JSON
    ARGV[21] how many messages there are
    ARGV[22] why the model's newest answer ended, JSON string or "null"
  Output: accepted | stale
]]
-- @include scope
-- @include fence
-- @include attempts
-- @include usage
-- @include finish
-- @include requeue
-- @include write-spans
-- @include when-full

local attempt, writer, call, kind = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local ended, failure, usage = ARGV[10], ARGV[11], ARGV[12]
local transition, output, messages, cancelled_error, delay = ARGV[13], ARGV[14], ARGV[15], ARGV[16], ARGV[17]
local journal, written, settler_lease, artifacts = KEYS[12], ARGV[18], ARGV[19], ARGV[20]
local message_count, stop_reason = ARGV[21], ARGV[22]

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
