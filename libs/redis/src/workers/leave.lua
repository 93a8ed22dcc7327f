--[[
  Takes a worker off the list, and lets others do its tasks. What had a place there may need a reserve elsewhere.
  Input:
    KEYS[1]  workers  see workers.lua
    KEYS[2…] leaders  of the tasks that it may do for the fleet
    ARGV[1]  id
    ARGV[2]  channel of reserves
  Output: nothing
]]
local workers = KEYS[1]
-- @include workers

forget_worker(ARGV[1])
for i = 2, #KEYS do
  if redis.call("GET", KEYS[i]) == ARGV[1] then
    redis.call("DEL", KEYS[i])
  end
end
redis.call("PUBLISH", ARGV[2], "")
