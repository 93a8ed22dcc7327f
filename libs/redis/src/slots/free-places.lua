-- Frees the places of invocations that are gone or have ended.

-- @include transitions

local freed = 0
for _, member in ipairs(redis.call("ZRANGE", admitted, 0, -1)) do
  local status = redis.call("HGET", records .. string.match(member, "%z(.*)$"), "status")
  if not status or next(TRANSITIONS[status]) == nil then
    freed = freed + redis.call("ZREM", admitted, member)
  end
end
return freed
