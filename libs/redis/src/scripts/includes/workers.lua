-- @include clock

--[[
  A script that includes this names `workers`, the hash from the id of a worker to its presence. Beside it stand:
    deadlines    sorted set of the ids; score: when the worker vanishes
    connections  hash from id to connection
    slots        hash from id to how many attempts it runs at once
    order        sorted set of the ids, in lexical order
    sums         hash: how many workers there are, and how many attempts they run at once together
  The sums are kept, so that nothing that asks for them looks at every worker.
]]
local deadlines, connections = workers .. ":deadlines", workers .. ":connections"
local slots, order, sums = workers .. ":slots", workers .. ":order", workers .. ":sums"
local FORGOTTEN_AT_ONCE = 100

local function forget_worker(worker)
  local own = redis.call("HGET", slots, worker)
  if own then
    redis.call("HINCRBY", sums, "slots", -tonumber(own))
    redis.call("HINCRBY", sums, "workers", -1)
  end
  for _, key in ipairs({ workers, connections, slots }) do
    redis.call("HDEL", key, worker)
  end
  redis.call("ZREM", order, worker)
  redis.call("ZREM", deadlines, worker)
end

-- Forgets those whose time has run out.
local function forget_expired()
  for _, worker in ipairs(redis.call("ZRANGEBYSCORE", deadlines, "-inf", clock(), "LIMIT", 0, FORGOTTEN_AT_ONCE)) do
    forget_worker(worker)
  end
end
