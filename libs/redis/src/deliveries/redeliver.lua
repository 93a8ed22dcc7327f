-- Makes a delivery of a tenant pending and due at once, and begins its schedule anew. One that is taken stays with its
-- taker, who makes a try; if that fails, the delivery is due at once.

-- @include ledger
-- @include delivery-status

local row = delivery(id)
local time = clock()

local fields = redis.call("HMGET", row, "status", "place", "tried", "dueAt")
local status, place, tried, due_at = fields[1], fields[2], fields[3], tonumber(fields[4])
if not status or select(3, parse_place(place)) ~= tenant then
  return {}
end

-- Taking a delivery moves it in `due`, and leaves the time at which it was due.
local function is_taken(score)
  return score > time and score ~= due_at
end

local function renew()
  if status ~= "pending" then
    set_status(id, "pending")
    redis.call("HDEL", row, "deliveredAt")
    return put_due(id, time)
  end
  local score = tonumber(redis.call("ZSCORE", due, id))
  if is_taken(score) then
    redis.call("HSET", row, "redeliverAsked", 1)
  else
    put_due(id, math.min(score, time))
  end
end

renew()
redis.call("HSET", row, "triedBefore", tried)
return redis.call("HGETALL", row)
