-- @takes record
-- @include status
-- @include repeated

-- The fence, which everything passes that is written for an attempt: "stale" unless the attempt is the newest one and
-- has not ended. "repeated" when this call took effect before: its caller is told that it was accepted.
local function fence(attempt, writer, call)
  local fields = redis.call("HMGET", record, "attempt", "status")
  if fields[1] ~= attempt then
    return "stale"
  end
  if writer and was_executed(writer, call) then
    return "repeated"
  end
  if not has_open_attempt(fields[2]) then
    return "stale"
  end
  if writer then
    note_executed(writer, call)
  end
  return "current"
end
