-- @takes record
-- @include scope

-- A call may be sent twice: when the connection breaks before its answer arrives, nobody knows whether it was
-- executed. So the calls of each writer are numbered in the order in which they are sent, and the newest is noted.

-- Whether this very call was executed before.
local function was_executed(writer, call)
  local newest = redis.call("HMGET", record, "writer", "call")
  return newest[1] == writer and tonumber(call) <= tonumber(newest[2])
end

local function note_executed(writer, call)
  redis.call("HSET", record, "writer", writer, "call", call)
end
