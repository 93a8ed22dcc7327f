--[[
  Puts a pending delivery off.
  Input: the ledger, then
    ARGV[4] id
    ARGV[5] milliseconds until it is due
  Output: nothing
]]
-- @include ledger
-- @include delivery-status

local id, delay = ARGV[4], tonumber(ARGV[5])

if redis.call("HGET", delivery(id), "status") == "pending" then
  redis.call("HDEL", delivery(id), "redeliverAsked")
  put_due(id, clock() + delay)
end
