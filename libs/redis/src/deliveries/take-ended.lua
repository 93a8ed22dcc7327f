-- Takes rows of the outbox, the longest due first. They are due again when the lease is over.

-- @include clock

local time = clock()
local ids = redis.call("ZRANGEBYSCORE", outbox, "-inf", time, "LIMIT", 0, limit)
for _, id in ipairs(ids) do
  redis.call("ZADD", outbox, time + lease, id)
end
return ids
