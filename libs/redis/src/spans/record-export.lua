-- Records what became of the spans of an attempt, and when they are to be sent again. Of an invocation that has expired
-- nothing is recorded, and nothing can be sent.

-- @include scope
-- @include owed

local member = owed_member(attempt)

redis.call("ZREM", owed, member)
redis.call("ZREM", quarantined, member)
if redis.call("EXISTS", record) == 0 then
  return
end
if next_try ~= "never" then
  redis.call("ZADD", next_try == "spool" and owed or quarantined, clock() + delay, member)
end
redis.call("HSET", record, "export:" .. attempt, result)
drop_credentials()
count_growth()
announce()
