-- @takes record, id
-- @include scope
-- @include storage

-- By how much the script has changed what the invocation holds, bytes; and of that, by how much its log.
local grown, log_grown = 0, 0

local function grow(bytes)
  grown = grown + bytes
end

local function grow_log(bytes)
  log_grown = log_grown + bytes
  grow(bytes)
end

-- Sets one of the fields that are counted, which is set once.
local function set_long(field, value)
  redis.call("HSET", record, field, value)
  grow(#value)
end

-- Called once, when the script has made its changes.
local function count_growth()
  if log_grown ~= 0 then
    redis.call("HINCRBY", record, "eventBytes", log_grown)
  end
  count_bytes(get("tenant"), id, grown)
end
