-- @takes workers
-- @include clock

--[[
  `workers` is the hash from the id of a worker to its presence. Beside it stand:
    deadlines    sorted set of the ids; score: when the worker vanishes
    connections  hash from id to connection
    slots        hash from id to how many attempts it runs at once
    order        sorted set of the ids, in lexical order
    sums         hash: how many workers there are, and how many attempts they run at once together
    vanished     sorted set of the ids of those that have not beaten in time; score: when they are forgotten. Their
                 connections stay known until then, so that it can still be told whether they are dead.
  The sums are kept, so that nothing that asks for them looks at every worker.
]]
local deadlines, connections = workers .. ":deadlines", workers .. ":connections"
local slots, order, sums = workers .. ":slots", workers .. ":order", workers .. ":sums"
local vanished = workers .. ":vanished"
local EXPIRED_AT_ONCE = 100
-- No lease is longer. What a vanished worker had claimed has come back by then.
local REMEMBERED_MS = 3600000

local function take_off_list(worker)
  local own = redis.call("HGET", slots, worker)
  if own then
    redis.call("HINCRBY", sums, "slots", -tonumber(own))
    redis.call("HINCRBY", sums, "workers", -1)
  end
  redis.call("HDEL", workers, worker)
  redis.call("HDEL", slots, worker)
  redis.call("ZREM", order, worker)
  redis.call("ZREM", deadlines, worker)
end

local function forget_worker(worker)
  take_off_list(worker)
  redis.call("HDEL", connections, worker)
  redis.call("ZREM", vanished, worker)
end

local function expired(key)
  return ipairs(redis.call("ZRANGEBYSCORE", key, "-inf", clock(), "LIMIT", 0, EXPIRED_AT_ONCE))
end

-- Takes those off the list whose time has run out, and forgets those that vanished long ago.
local function drop_expired()
  for _, worker in expired(deadlines) do
    take_off_list(worker)
    redis.call("ZADD", vanished, clock() + REMEMBERED_MS, worker)
  end
  for _, worker in expired(vanished) do
    forget_worker(worker)
  end
end
