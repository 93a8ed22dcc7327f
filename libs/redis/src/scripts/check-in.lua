--[[
  Tells whether an attempt is still the one that may write, and what was asked of it. Writes nothing.
  Input: the scope, then
    ARGV[6] attempt
  Output: stale | current | cancel_requested
]]
-- @include scope
-- @include fence

if fence(ARGV[6]) == "stale" then
  return "stale"
end
return get("cancelRequestedAt") and "cancel_requested" or "current"
