-- Writes the deliveries of an ended invocation, due at once, in exchange for its row of the outbox.

-- @include ledger
-- @include delivery-status
-- @include storage

-- Deliveries count as their invocation's, and go when it goes.
local function count_delivery(place, bytes)
  local _, invocation, tenant = parse_place(place)
  if redis.call("HEXISTS", index("sizes", tenant), invocation) == 1 then
    count_bytes(tenant, invocation, SMALL_BYTES + bytes)
  end
end

if redis.call("ZREM", outbox, ended) == 0 then
  return
end
local time = clock()
for i = MORE_ARGS, #ARGV, 4 do
  local id, place, given, body = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  redis.call("HSET", delivery(id), "place", place, "given", given, "body", body, "tried", 0)
  redis.call("ZADD", index_of_invocation(place), 0, id)
  set_status(id, "pending")
  put_due(id, time)
  count_delivery(place, #given + #body)
end
