-- Drops the workers whose time has run out, adds up anew what the others run at once, and lists them.

-- @include workers

while redis.call("ZCOUNT", deadlines, "-inf", clock()) > 0 do
  drop_expired()
end
local sum = 0
for _, own in ipairs(redis.call("HVALS", slots)) do
  sum = sum + tonumber(own)
end
redis.call("HSET", sums, "slots", sum, "workers", redis.call("HLEN", slots))
-- Workers of schema 1 have their deadlines elsewhere; those that died beside newer ones would stay for ever.
local presences = redis.call("HGETALL", workers)
for i = 1, #presences, 2 do
  local beaten = string.match(presences[i + 1], '"heartbeatAt":"([^"]+)"')
  if beaten and beaten < since and not redis.call("ZSCORE", deadlines, presences[i]) then
    redis.call("HDEL", workers, presences[i])
  end
end
return redis.call("HVALS", workers)
