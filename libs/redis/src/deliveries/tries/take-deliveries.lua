--[[
  Takes deliveries that are due, the longest due first. They are due again when the lease is over.
  Input: the ledger, then
    ARGV[4] how many at most
    ARGV[5] milliseconds of the lease
  Output: { id, the fields of its hash and their values } of each
]]
-- @include ledger

local time = clock()
local taken = {}
for _, id in ipairs(redis.call("ZRANGEBYSCORE", due, "-inf", time, "LIMIT", 0, ARGV[4])) do
  -- Whoever takes it makes the try that was asked for.
  redis.call("HDEL", delivery(id), "redeliverAsked")
  local fields = redis.call("HGETALL", delivery(id))
  if #fields == 0 then
    redis.call("ZREM", due, id)
  else
    redis.call("ZADD", due, time + ARGV[5], id)
    taken[#taken + 1] = { id, fields }
  end
end
return taken
