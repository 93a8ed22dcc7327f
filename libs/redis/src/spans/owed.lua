-- @takes record, id, owed, quarantined
-- @include status
-- @include clock
-- @include growth

-- The attempt as it stands in `owed` and `quarantined`. Number 0 stands for an invocation that had no attempt.
local function owed_member(attempt)
  return id .. "|" .. attempt
end

-- Puts the spans of an attempt among those that are owed to a collector; they are due in `delay` milliseconds.
local function owe(attempt, delay)
  redis.call("ZADD", owed, clock() + delay, owed_member(attempt))
end

-- The same for an attempt whose spans are not written, and nobody is there to do it: whoever gets it from `owed` makes
-- them. The mark lets that be done once, see `finish-spans`.
local function owe_unwritten(attempt)
  redis.call("HSET", record, "lost:" .. attempt, "")
  owe(attempt, 0)
end

local function owes_spans()
  for attempt = 0, tonumber(get("attempt")) do
    local member = owed_member(attempt)
    if redis.call("ZSCORE", owed, member) or redis.call("ZSCORE", quarantined, member) then
      return true
    end
  end
  return false
end

-- The credentials of the invocation's own collector are kept no longer than something may be sent there.
local function drop_credentials()
  if redis.call("HEXISTS", record, "traceHeaders") == 1 and is_terminal(get("status")) and not owes_spans() then
    grow(-redis.call("HSTRLEN", record, "traceHeaders"))
    redis.call("HDEL", record, "traceHeaders")
  end
end
