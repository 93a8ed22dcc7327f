-- Notes that the worker of an attempt lives although it has lost its claim. Nothing to note once the invocation has ended.

-- @include scope
-- @include status
-- @include vouched

local status = get("status")

if status and not is_terminal(status) and tonumber(attempt) <= tonumber(get("attempt")) and not is_vouched_for(attempt) then
  redis.call("HSET", record, "vouched", vouched() .. attempt .. ",")
end
