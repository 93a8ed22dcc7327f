-- @include workers

-- How many attempts the workers that are alive run at once, and how many workers that are.
local function capacity()
  drop_expired()
  local known = redis.call("HMGET", sums, "slots", "workers")
  return tonumber(known[1] or 0), tonumber(known[2] or 0)
end
