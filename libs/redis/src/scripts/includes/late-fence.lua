-- @include repeated

-- The fence for what may still be written when the attempt has ended: "stale" only once a newer attempt has started,
-- or when the invocation is gone.
local function late_fence(attempt, writer, call)
  if get("attempt") ~= attempt then
    return "stale"
  end
  if was_executed(writer, call) then
    return "repeated"
  end
  note_executed(writer, call)
  return "current"
end
