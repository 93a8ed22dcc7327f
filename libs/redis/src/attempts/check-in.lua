-- Tells whether an attempt is still the one that may write, and what was asked of it. Writes nothing.

-- @include scope
-- @include fence

if fence(attempt) == "stale" then
  return { "stale", 0, 0 }
end
return { "current", get("cancelRequestedAt") and 1 or 0, is_paused(get("status")) and 1 or 0 }
