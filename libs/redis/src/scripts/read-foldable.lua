--[[
  Reads what can be folded of an invocation that has ended, unless that was done before.
  Input: the scope, then
    ARGV[6]  how many events at most
    ARGV[7…] names of the fields
  Output: { the values of the fields, the first entries of its log }; nothing when there is nothing to fold
]]
-- @include scope
-- @include status

local status = get("status")
if not status or not is_terminal(status) or redis.call("HEXISTS", record, "folded") == 1 then
  return {}
end
return { redis.call("HMGET", record, unpack(ARGV, 7)), redis.call("XRANGE", events, "-", "+", "COUNT", ARGV[6]) }
