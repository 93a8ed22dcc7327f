-- Lets a worker do a task for the whole fleet, unless another one does.

-- @include when-full(task)

-- The janitor frees memory.
work_when_full()
local leader = redis.call("GET", task)
if leader and leader ~= worker then
  return 0
end
redis.call("SET", task, worker, "PX", ttl)
return 1
