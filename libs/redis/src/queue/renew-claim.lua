-- Extends the lease of a claim. One that has run out is taken up again as long as the entry lies where it was and nobody
-- has fetched it since. Writes BullMQ's own keys, as BullMQ does when it extends a lock.

local function is_held()
  local holder = redis.call("GET", lock)
  if holder then
    return holder == token
  end
  return redis.call("HGET", entry, "ats") == fetches and redis.call("LPOS", active, id) ~= false
end

if not is_held() then
  return 0
end
redis.call("SET", lock, token, "PX", lease)
redis.call("SREM", stalled, id)
return 1
