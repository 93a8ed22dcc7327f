--[[
  Extends the lease of a claim. One that has run out is taken up again as long as the entry lies where it was and nobody
  has fetched it since. Writes BullMQ's own keys, as BullMQ does when it extends a lock.
  Input:
    KEYS[1] lock     of the entry, string: the token of the claim
    KEYS[2] entry    hash
    KEYS[3] active   list of the ids of the claimed entries
    KEYS[4] stalled  set of those that were not renewed since the last look for lost ones
    ARGV[1] id
    ARGV[2] token
    ARGV[3] how often the entry had been fetched when this claim began
    ARGV[4] lease, ms
  Output: 1 when the claim is held, or 0 when it is lost
]]
local lock, entry, active, stalled = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, token, fetches, lease = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

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
