--[[
  Drops the workers whose time has run out and lists the others.
  Input:
    KEYS[1] workers      hash from id to presence
    KEYS[2] deadlines    sorted set of ids; score: when the worker vanishes
    KEYS[3] connections  hash from id to connection
    KEYS[4] slots        hash from id to how many attempts it runs at once
  Output: presences, JSON
]]
-- @include clock

for _, id in ipairs(redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", clock())) do
  redis.call("ZREM", KEYS[2], id)
  redis.call("HDEL", KEYS[1], id)
  redis.call("HDEL", KEYS[3], id)
  redis.call("HDEL", KEYS[4], id)
end
return redis.call("HVALS", KEYS[1])
