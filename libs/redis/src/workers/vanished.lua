-- Picks workers at random from those that have not beaten in time.

-- @include workers

drop_expired()
local found = redis.call("ZCARD", vanished)
if found == 0 then
  return {}
end
local first = math.max(0, found - count)
if first > 0 then
  math.randomseed(clock())
  first = math.random(0, first)
end
return redis.call("ZRANGE", vanished, first, first + count - 1)
