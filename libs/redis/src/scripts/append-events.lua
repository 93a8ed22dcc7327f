--[[
  Appends events of an attempt, and drops the oldest ones of a log that has grown too long.
  Input: the scope, then
    ARGV[6] attempt
    ARGV[7] writer
    ARGV[8] number of the writer's call
    ARGV[9] how many events are kept at least
    ARGV[10…] events, JSON
  Output: accepted | stale
]]
-- @include scope
-- @include fence

local attempt, writer, call, kept = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
-- Dropping in lots keeps the cost per event small.
local LOT = 100

local passed = fence(attempt, writer, call)
if passed ~= "current" then
  return passed == "repeated" and "accepted" or "stale"
end

for i = 10, #ARGV do
  redis.call("XADD", events, "*", "e", ARGV[i])
end

-- The id of the last event that was dropped is noted: a reader that has not come that far is told of the gap.
local surplus = redis.call("XLEN", events) - kept
if surplus >= LOT then
  local dropped = redis.call("XRANGE", events, "-", "+", "COUNT", surplus)
  redis.call("HSET", record, "trimmed", dropped[#dropped][1])
  redis.call("XTRIM", events, "MAXLEN", kept)
end
announce()
return "accepted"
