--[[
  Drops the workers whose time has run out, adds up anew what the others run at once, and lists them.
  Input:
    KEYS[1] workers  see workers.lua
  Output: presences, JSON
]]
local workers = KEYS[1]
-- @include workers

while redis.call("ZCOUNT", deadlines, "-inf", clock()) > 0 do
  drop_expired()
end
local sum = 0
for _, own in ipairs(redis.call("HVALS", slots)) do
  sum = sum + tonumber(own)
end
redis.call("HSET", sums, "slots", sum, "workers", redis.call("HLEN", slots))
return redis.call("HVALS", workers)
