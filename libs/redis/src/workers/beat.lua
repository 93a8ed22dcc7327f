--[[
  Writes a worker's heartbeat. Works when Redis is full: a worker that cannot beat would be taken for dead.
  Input:
    KEYS[1] workers  see workers.lua
    KEYS[2] string: the catalog of the models that it can run
    ARGV[1] id
    ARGV[2] presence, JSON
    ARGV[3] milliseconds until it vanishes
    ARGV[4] connection; empty when it is not known
    ARGV[5] how many attempts it runs at once
    ARGV[6] milliseconds that a catalog is kept without a heartbeat
  Output: 1 when there is such a catalog, else 0
]]
local workers, worker, own = KEYS[1], ARGV[1], ARGV[5]
-- @include workers
-- @include when-full

work_when_full()
local known = redis.call("HGET", slots, worker)
if known ~= own then
  redis.call("HINCRBY", sums, "slots", tonumber(own) - tonumber(known or 0))
  redis.call("HINCRBY", sums, "workers", known and 0 or 1)
  redis.call("HSET", slots, worker, own)
  redis.call("ZADD", order, 0, worker)
end
redis.call("ZREM", vanished, worker)
redis.call("HSET", workers, worker, ARGV[2])
redis.call("ZADD", deadlines, clock() + tonumber(ARGV[3]), worker)
if ARGV[4] == "" then
  redis.call("HDEL", connections, worker)
else
  redis.call("HSET", connections, worker, ARGV[4])
end
return redis.call("PEXPIRE", KEYS[2], ARGV[6])
