--[[
  Finds the workers that follow one in the order of their ids, around the end.
  Input:
    KEYS[1] workers  see workers.lua
    ARGV[1] id
    ARGV[2] how many at most
  Output: their ids
]]
local workers, worker, count = KEYS[1], ARGV[1], tonumber(ARGV[2])
-- @include workers

drop_expired()
local found = redis.call("ZRANGEBYLEX", order, "(" .. worker, "+", "LIMIT", 0, count)
if #found < count then
  for _, id in ipairs(redis.call("ZRANGEBYLEX", order, "-", "(" .. worker, "LIMIT", 0, count - #found)) do
    found[#found + 1] = id
  end
end
return found
