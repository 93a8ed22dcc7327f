--[[
  Records what became of the spans of an attempt, also after its end.
  Input: the scope, then
    ARGV[6] attempt
    ARGV[7] writer
    ARGV[8] number of the writer's call
    ARGV[9] result, JSON
  Output: accepted | stale
]]
-- @include scope
-- @include late-fence

local attempt, writer, call, result = ARGV[6], ARGV[7], ARGV[8], ARGV[9]

local passed = late_fence(attempt, writer, call)
if passed ~= "current" then
  return passed == "repeated" and "accepted" or "stale"
end
redis.call("HSET", record, "export", result)
announce()
return "accepted"
