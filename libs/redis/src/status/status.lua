-- @takes record, id
-- @include scope
-- @include transitions

local function is_terminal(status)
  return next(TRANSITIONS[status]) == nil
end

-- An attempt is open in the statuses from which it can be handed back to the queue.
local function has_open_attempt(status)
  return TRANSITIONS[status].requeue ~= nil
end

-- An attempt is paused in the statuses from which it can be resumed.
local function is_paused(status)
  return TRANSITIONS[status].resume ~= nil
end

-- Moves the invocation along the state machine, with its place in the indexes. An illegal transition is a bug of the
-- caller: it raises, and must therefore come before any other write of the script.
local function advance(transition)
  local fields = redis.call("HMGET", record, "status", "tenant")
  local was, tenant = fields[1], fields[2]
  local status = TRANSITIONS[was][transition]
  if not status then
    error("illegal transition: " .. transition .. " from " .. was)
  end
  if status ~= was then
    redis.call("HSET", record, "status", status)
    redis.call("ZREM", index(was, tenant), id)
    redis.call("ZADD", index(status, tenant), 0, id)
  end
  return status
end
