--[[
  Writes the spans of an attempt that was lost with its worker, in exchange for its journal. Once: the mark that `start`
  set names the call that did it.
  Input: the scope, then
    KEYS[12] journal of the attempt
    ARGV[6] attempt
    ARGV[7] writer
    ARGV[8] number of the writer's call
    ARGV[9] spans, one element of the list; empty when there are none
  Output: accepted | stale
]]
-- @include scope
-- @include write-spans

local journal, attempt, written = KEYS[12], ARGV[6], ARGV[9]
local mark, call = "lost:" .. attempt, ARGV[7] .. ":" .. ARGV[8]

local done_by = get(mark)
if done_by == call then
  return "accepted"
end
if done_by ~= "" then
  return "stale"
end
redis.call("HSET", record, mark, call)
write_spans(written, journal, attempt)
count_growth()

-- Spans that are written after the end go when the record goes.
local remaining = redis.call("PTTL", record)
if remaining > 0 then
  redis.call("PEXPIRE", spans, remaining)
end
return "accepted"
