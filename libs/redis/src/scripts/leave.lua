--[[
  Takes a worker off the list, and lets others do its tasks. What had a place there may need a reserve elsewhere.
  Input:
    KEYS[1]  workers      hash from id to presence
    KEYS[2]  deadlines    sorted set of ids
    KEYS[3]  connections  hash from id to connection
    KEYS[4]  slots        hash from id to how many attempts it runs at once
    KEYS[5…] leaders      of the tasks that it may do for the fleet
    ARGV[1]  id
    ARGV[2]  channel of reserves
  Output: nothing
]]
redis.call("HDEL", KEYS[1], ARGV[1])
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("HDEL", KEYS[3], ARGV[1])
redis.call("HDEL", KEYS[4], ARGV[1])
for i = 5, #KEYS do
  if redis.call("GET", KEYS[i]) == ARGV[1] then
    redis.call("DEL", KEYS[i])
  end
end
redis.call("PUBLISH", ARGV[2], "")
