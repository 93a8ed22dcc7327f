-- @takes id, scheduled
-- @include scope
-- @include clock
-- @include turns

-- Lets the invocation wait for its turn, `delay` milliseconds from now.
local function wait_for_turn(tenant, priority, delay)
  if delay > 0 then
    redis.call("ZADD", scheduled, clock() + delay, id)
  else
    join(tenant, id, priority)
  end
end
