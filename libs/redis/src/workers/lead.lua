--[[
  Lets a worker do a task for the whole fleet, unless another one does.
  Input:
    KEYS[1] leader  id of the worker that does the task
    ARGV[1] worker
    ARGV[2] milliseconds until another one may
  Output: 1 | 0
]]
-- @include when-full

-- The janitor frees memory.
work_when_full()
local leader = redis.call("GET", KEYS[1])
if leader and leader ~= ARGV[1] then
  return 0
end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1
