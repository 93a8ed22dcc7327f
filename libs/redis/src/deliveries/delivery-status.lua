-- @takes due, expiring, retention
-- @include ledger

-- The indexes that hold the deliveries of a place which are in this status.
local function indexes_of(status, place)
  local webhook, _, tenant = parse_place(place)
  local keys = { index("deliveries/" .. status, tenant) }
  if webhook ~= "-" then
    keys[2] = index("deliveries/" .. status .. "/" .. webhook, tenant)
  end
  return keys
end

-- The index that holds the deliveries of an invocation, in any status.
local function index_of_invocation(place)
  local _, invocation, tenant = parse_place(place)
  return index("deliveries/" .. invocation, tenant)
end

-- A delivery as it stands in `expiring`.
local function expiring_member(id, status, place)
  return id .. "|" .. status .. "|" .. place
end

local function take_off(id, status, place)
  for _, key in ipairs(indexes_of(status, place)) do
    redis.call("ZREM", key, id)
  end
  redis.call("ZREM", expiring, expiring_member(id, status, place))
end

-- Gives a delivery a status, new or other than it has. A pending one is kept until it ends, and must be put among those
-- that are due; an ended one for its retention.
local function set_status(id, status)
  local row = delivery(id)
  local fields = redis.call("HMGET", row, "status", "place")
  local was, place = fields[1], fields[2]
  if was then
    take_off(id, was, place)
  end
  redis.call("HSET", row, "status", status)
  for _, key in ipairs(indexes_of(status, place)) do
    redis.call("ZADD", key, 0, id)
  end
  if status == "pending" then
    redis.call("PERSIST", row)
  else
    redis.call("ZREM", due, id)
    redis.call("HDEL", row, "dueAt")
    redis.call("PEXPIRE", row, retention)
    redis.call("ZADD", expiring, clock() + retention, expiring_member(id, status, place))
  end
end

-- A pending delivery is due at this time, and nobody has taken it.
local function put_due(id, at)
  redis.call("HSET", delivery(id), "dueAt", at)
  redis.call("ZADD", due, at, id)
end
