-- Puts a pending delivery off.

-- @include ledger
-- @include delivery-status

if redis.call("HGET", delivery(id), "status") == "pending" then
  redis.call("HDEL", delivery(id), "redeliverAsked")
  put_due(id, clock() + delay)
end
