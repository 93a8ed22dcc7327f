--[[
  Reads what can be folded of an invocation that has ended, unless that was done before.
  Input: the scope, then
    ARGV[6]  how many events at most
    ARGV[7]  with how many bytes of them it is enough
    ARGV[8…] names of the fields
  Output: { the values of the fields, the first entries of its log, 1 when it has more and else 0 }; nothing when there
  is nothing to fold
]]
-- @include scope
-- @include status
-- @include entries

local status = get("status")
if not status or not is_terminal(status) or redis.call("HEXISTS", record, "folded") == 1 then
  return {}
end
local entries, more = entries_behind(events, "0-0", tonumber(ARGV[6]), tonumber(ARGV[7]))
return { redis.call("HMGET", record, unpack(ARGV, 8)), entries, more }
