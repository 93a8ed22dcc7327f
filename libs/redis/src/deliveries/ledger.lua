-- @takes deliveries
-- @include clock

-- What every script on the ledger of deliveries uses.

-- @include index

local function delivery(id)
  return deliveries .. id
end

-- The place of a delivery is `webhook|invocation|tenant`; the webhook is "-" when it is the invocation's own.
local function parse_place(place)
  return string.match(place, "^([^|]+)|([^|]+)|(.*)$")
end
