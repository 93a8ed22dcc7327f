--[[
  Writes a worker's heartbeat.
  Input:
    KEYS[1] workers      hash from id to presence
    KEYS[2] deadlines    sorted set of ids; score: when the worker vanishes
    KEYS[3] connections  hash from id to connection
    KEYS[4] slots        hash from id to how many attempts it runs at once
    ARGV[1] id
    ARGV[2] presence, JSON
    ARGV[3] milliseconds until it vanishes
    ARGV[4] connection; empty when it is not known
    ARGV[5] how many attempts it runs at once
  Output: nothing
]]
-- @include clock
-- @include when-full

-- A worker that cannot beat would be taken for dead.
work_when_full()
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
redis.call("HSET", KEYS[4], ARGV[1], ARGV[5])
redis.call("ZADD", KEYS[2], clock() + tonumber(ARGV[3]), ARGV[1])
if ARGV[4] == "" then
  redis.call("HDEL", KEYS[3], ARGV[1])
else
  redis.call("HSET", KEYS[3], ARGV[1], ARGV[4])
end
