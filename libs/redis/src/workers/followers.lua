-- Finds the workers that follow one in the order of their ids, around the end.

-- @include workers

drop_expired()
local found = redis.call("ZRANGEBYLEX", order, "(" .. worker, "+", "LIMIT", 0, count)
if #found < count then
  for _, id in ipairs(redis.call("ZRANGEBYLEX", order, "-", "(" .. worker, "LIMIT", 0, count - #found)) do
    found[#found + 1] = id
  end
end
return found
