--[[
  Appends events of an attempt, and entries to the journal of its spans. Drops the oldest events of a log that has grown
  too long; a journal that is full takes no more, because its beginning is what the rest hangs on.
  Input: the scope, then
    KEYS[12] journal of the attempt
    ARGV[6]  attempt
    ARGV[7]  writer
    ARGV[8]  number of the writer's call
    ARGV[9]  how many events are kept at least
    ARGV[10] how many entries a journal takes
    ARGV[11] how many events follow
    ARGV[12…] events, JSON; then the entries
  Output: accepted | stale
]]
-- @include scope
-- @include fence

local attempt, writer, call, kept = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local journal, longest, count = KEYS[12], tonumber(ARGV[10]), tonumber(ARGV[11])
local FIRST = 12
-- Dropping in lots keeps the cost per event small.
local LOT = 100

local passed = fence(attempt, writer, call)
if passed ~= "current" then
  return passed == "repeated" and "accepted" or "stale"
end

-- The id of the last event that was dropped is noted: a reader that has not come that far is told of the gap.
local function trim()
  local surplus = redis.call("XLEN", events) - kept
  if surplus >= LOT then
    local dropped = redis.call("XRANGE", events, "-", "+", "COUNT", surplus)
    redis.call("HSET", record, "trimmed", dropped[#dropped][1])
    redis.call("XTRIM", events, "MAXLEN", kept)
  end
end

local function append_events(first, last)
  for i = first, last do
    redis.call("XADD", events, "*", "e", ARGV[i])
  end
  trim()
  announce()
end

-- A journal that nobody exchanges for spans goes by itself.
local function append_entries(first, last)
  local room = longest - redis.call("LLEN", journal)
  for i = first, math.min(last, first + room - 1) do
    redis.call("RPUSH", journal, ARGV[i])
  end
  redis.call("PEXPIRE", journal, retention)
end

local last_event = FIRST + count - 1
if count > 0 then
  append_events(FIRST, last_event)
end
if #ARGV > last_event then
  append_entries(last_event + 1, #ARGV)
end
return "accepted"
