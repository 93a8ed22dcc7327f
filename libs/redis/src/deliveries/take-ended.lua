--[[
  Takes rows of the outbox, the longest due first. They are due again when the lease is over.
  Input:
    KEYS[1] outbox  sorted set of the ids of ended invocations; score: when their row is due
    ARGV[1] how many at most
    ARGV[2] milliseconds of the lease
  Output: ids
]]
-- @include clock

local time = clock()
local ids = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", time, "LIMIT", 0, ARGV[1])
for _, id in ipairs(ids) do
  redis.call("ZADD", KEYS[1], time + ARGV[2], id)
end
return ids
