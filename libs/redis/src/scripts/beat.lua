--[[
  Writes a worker's heartbeat.
  Input:
    KEYS[1] workers    hash from id to presence
    KEYS[2] deadlines  sorted set of ids; score: when the worker vanishes
    ARGV[1] id
    ARGV[2] presence, JSON
    ARGV[3] milliseconds until it vanishes
  Output: nothing
]]
-- @include clock

redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
redis.call("ZADD", KEYS[2], clock() + tonumber(ARGV[3]), ARGV[1])
