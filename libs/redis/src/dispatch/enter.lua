-- Lets a queued invocation wait for its turn, or first for its time; it gives its place up. Does nothing for others.

-- @include scope
-- @include waiting
-- @include places

if get("status") == "queued" then
  local tenant = get("tenant")
  leave_place(tenant, id)
  redis.call("ZREM", unqueued, id)
  wait_for_turn(tenant, get("priority"), delay)
end
