-- Writes a worker's heartbeat. Works when Redis is full: a worker that cannot beat would be taken for dead.

-- @include workers
-- @include when-full(workers)

work_when_full()
local known = redis.call("HGET", slots, worker)
if known ~= own then
  redis.call("HINCRBY", sums, "slots", tonumber(own) - tonumber(known or 0))
  redis.call("HINCRBY", sums, "workers", known and 0 or 1)
  redis.call("HSET", slots, worker, own)
  redis.call("ZADD", order, 0, worker)
end
redis.call("ZREM", vanished, worker)
redis.call("HSET", workers, worker, presence)
redis.call("ZADD", deadlines, clock() + ttl, worker)
if connection == "" then
  redis.call("HDEL", connections, worker)
else
  redis.call("HSET", connections, worker, connection)
end
return redis.call("PEXPIRE", catalog, catalog_ms)
