--[[
  Appends finished spans of an attempt, also after its end.
  Input: the scope, then
    ARGV[6] attempt
    ARGV[7] writer
    ARGV[8] number of the writer's call
    ARGV[9…] spans, JSON
  Output: accepted | stale
]]
-- @include scope
-- @include late-fence

local attempt, writer, call = ARGV[6], ARGV[7], ARGV[8]

local passed = late_fence(attempt, writer, call)
if passed ~= "current" then
  return passed == "repeated" and "accepted" or "stale"
end

for i = 9, #ARGV do
  redis.call("RPUSH", spans, ARGV[i])
end

-- Spans that arrive after the end go when the record goes.
local remaining = redis.call("PTTL", record)
if remaining > 0 then
  redis.call("PEXPIRE", spans, remaining)
end
return "accepted"
