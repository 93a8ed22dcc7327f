-- @takes events, now
-- @include scope
-- @include clock
-- @include growth

-- The log of an invocation that waits for its first attempt holds one event, and a stream takes 4 KB for its first
-- entry. So it begins as one block, in the plain form; see event-block.ts.
local function begin_log(json)
  local first = clock() .. "-0"
  redis.call("RPUSH", events, first .. " 1\nj" .. first .. " " .. json)
  grow_log(#json)
end

-- Makes a stream of a log that has only begun.
local function open_log()
  if redis.call("TYPE", events).ok == "list" then
    local first, json = string.match(redis.call("LINDEX", events, 0), "^%S+ 1\nj(%S+) (.*)$")
    redis.call("DEL", events)
    redis.call("XADD", events, first, "e", json)
  end
end

-- Appends an event that a script makes itself. `fields` is a JSON fragment of its own fields, or nil.
local function append_event(type, attempt, fields)
  local json = '{"type":"' .. type .. '","at":"' .. now .. '","attempt":' .. attempt
  if fields then
    json = json .. "," .. fields
  end
  json = json .. "}"
  open_log()
  redis.call("XADD", events, "*", "e", json)
  grow_log(#json)
end
