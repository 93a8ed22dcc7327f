--[[
  Frees the places of invocations that are gone or have ended.
  Input:
    KEYS[1] admitted  sorted set of the places, see places.lua
    ARGV[1] records   what the keys of the records begin with
  Output: how many
]]
-- @include transitions

local freed = 0
for _, member in ipairs(redis.call("ZRANGE", KEYS[1], 0, -1)) do
  local status = redis.call("HGET", ARGV[1] .. string.match(member, "%z(.*)$"), "status")
  if not status or next(TRANSITIONS[status]) == nil then
    freed = freed + redis.call("ZREM", KEYS[1], member)
  end
end
return freed
