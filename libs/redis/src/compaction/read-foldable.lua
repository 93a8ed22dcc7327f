-- Reads what can be folded of an invocation that has ended, unless that was done before.

-- @include scope
-- @include status
-- @include entries

local status = get("status")
if not status or not is_terminal(status) or redis.call("HEXISTS", record, "folded") == 1 then
  return nil
end
local entries, more = entries_behind(events, "0-0", count, enough)
return { redis.call("HMGET", record, unpack(ARGV, MORE_ARGS)), entries, more }
