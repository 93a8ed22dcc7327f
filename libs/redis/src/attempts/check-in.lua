--[[
  Tells whether an attempt is still the one that may write, and what was asked of it. Writes nothing.
  Input: the scope, then
    ARGV[6] attempt
  Output: { kind, whether cancel was asked for, whether it is paused }; 1 for yes, 0 for no
    current | stale
]]
-- @include scope
-- @include fence

if fence(ARGV[6]) == "stale" then
  return { "stale", 0, 0 }
end
return { "current", get("cancelRequestedAt") and 1 or 0, is_paused(get("status")) and 1 or 0 }
