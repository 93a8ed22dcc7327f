-- @include scope

-- Appends an event that a script makes itself. `fields` is a JSON fragment of its own fields, or nil.
local function append_event(type, attempt, fields)
  local json = '{"type":"' .. type .. '","at":"' .. now .. '","attempt":' .. attempt
  if fields then
    json = json .. "," .. fields
  end
  redis.call("XADD", events, "*", "e", json .. "}")
end
