-- Records a try of a delivery and what follows.

-- @include ledger
-- @include delivery-status

local row = delivery(id)

local fields = redis.call("HMGET", row, "status", "tried")
local status, tried = fields[1], tonumber(fields[2])
-- A call may be sent twice, when the connection breaks before its answer arrives. No two tries are alike.
if not status or redis.call("HGET", row, "try:" .. tried) == made then
  return
end

tried = tried + 1
redis.call("HSET", row, "tried", tried, "try:" .. tried, made)
redis.call("HDEL", row, "try:" .. tried - kept)
local redeliver_asked = redis.call("HDEL", row, "redeliverAsked") == 1

-- The lease of the caller may have run out: of what others have made of the delivery since, only being dead yields, to
-- the truth that it was delivered.
if after == "delivered" and status ~= "delivered" then
  redis.call("HSET", row, "deliveredAt", clock())
  set_status(id, "delivered")
elseif status ~= "pending" then
  return
elseif redeliver_asked then
  redis.call("HSET", row, "triedBefore", tried)
  put_due(id, clock())
elseif after == "again" then
  put_due(id, clock() + delay)
else
  set_status(id, "dead")
end
