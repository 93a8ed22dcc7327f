-- Takes deliveries whose retention has run out off their indexes; the hashes themselves expire by their own.

-- @include ledger
-- @include delivery-status

local members = redis.call("ZRANGEBYSCORE", expiring, "-inf", clock(), "LIMIT", 0, limit)
for _, member in ipairs(members) do
  local id, status, place = string.match(member, "^([^|]+)|([^|]+)|(.*)$")
  take_off(id, status, place)
  redis.call("ZREM", index_of_invocation(place), id)
end
return #members
