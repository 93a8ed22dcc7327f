-- @include clock

-- How many attempts the workers that are alive run at once, and how many workers that are.
local function capacity()
  local alive = redis.call("ZRANGEBYSCORE", deadlines, "(" .. clock(), "+inf")
  if #alive == 0 then
    return 0, 0
  end
  local sum = 0
  for _, own in ipairs(redis.call("HMGET", slots, unpack(alive))) do
    sum = sum + tonumber(own or 0)
  end
  return sum, #alive
end
