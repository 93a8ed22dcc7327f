-- @takes record, id, changes
-- What every script on one invocation uses.

local function get(field)
  return redis.call("HGET", record, field)
end

-- @include index

local function announce()
  redis.call("PUBLISH", changes, id)
end
