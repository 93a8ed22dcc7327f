-- Writes the spans of an attempt that was lost with its worker, in exchange for its journal. Once: the mark that `start`
-- set names the call that did it.

-- @include scope
-- @include write-spans

local mark, call = "lost:" .. attempt, writer .. ":" .. call_number

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
-- 0 in the last millisecond of the record.
if remaining >= 0 then
  redis.call("PEXPIRE", spans, remaining)
end
return "accepted"
