-- Takes deliveries that are due, the longest due first. They are due again when the lease is over.

-- @include ledger

local time = clock()
local taken = {}
for _, id in ipairs(redis.call("ZRANGEBYSCORE", due, "-inf", time, "LIMIT", 0, limit)) do
  -- Whoever takes it makes the try that was asked for.
  redis.call("HDEL", delivery(id), "redeliverAsked")
  local fields = redis.call("HGETALL", delivery(id))
  if #fields == 0 then
    redis.call("ZREM", due, id)
  else
    redis.call("ZADD", due, time + lease, id)
    taken[#taken + 1] = { id, fields }
  end
end
return taken
