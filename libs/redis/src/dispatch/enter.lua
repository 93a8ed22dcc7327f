--[[
  Lets a queued invocation wait for its turn, or first for its time; it gives its place up. Does nothing for others.
  Input: the scope, then
    KEYS[12] turns         sorted set of the tenants; score: their virtual time
    KEYS[13] virtual time  of the fleet
    KEYS[14] workers       see workers.lua
    ARGV[6]  milliseconds until it waits for its turn
  Output: nothing
]]
-- @include scope
local turns, virtual_time, workers = KEYS[12], KEYS[13], KEYS[14]
-- @include waiting

if get("status") == "queued" then
  local tenant = get("tenant")
  leave_place(tenant, id)
  redis.call("ZREM", unqueued, id)
  wait_for_turn(tenant, get("priority"), tonumber(ARGV[6]))
end
