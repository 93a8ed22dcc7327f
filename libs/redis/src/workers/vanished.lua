--[[
  Picks workers at random from those that have not beaten in time.
  Input:
    KEYS[1] workers  see workers.lua
    ARGV[1] how many at most
  Output: their ids
]]
local workers = KEYS[1]
-- @include workers

drop_expired()
local found, count = redis.call("ZCARD", vanished), tonumber(ARGV[1])
if found == 0 then
  return {}
end
local first = math.max(0, found - count)
if first > 0 then
  math.randomseed(clock())
  first = math.random(0, first)
end
return redis.call("ZRANGE", vanished, first, first + count - 1)
