-- @include clock

-- How many attempts the workers that are alive run at once, and how many workers that are.
local function capacity()
  local alive = redis.call("ZRANGEBYSCORE", deadlines, "(" .. clock(), "+inf")
  local sum = 0
  for _, worker in ipairs(alive) do
    sum = sum + tonumber(redis.call("HGET", slots, worker) or 0)
  end
  return sum, #alive
end
