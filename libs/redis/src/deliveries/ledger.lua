-- @include clock

--[[
  Names what every script on the ledger of deliveries begins with. A script's own keys and arguments begin at KEYS[3]
  and ARGV[4].
    KEYS[1] due         sorted set of the ids of pending deliveries; score: when they are due, or their lease is over
    KEYS[2] expiring    sorted set of `id|status|webhook|invocation|tenant` of ended ones; score: when their retention
                        runs out
    ARGV[1] deliveries  what the key of a delivery begins with; its id follows
    ARGV[2] indexes     what the keys of the tenants' indexes begin with
    ARGV[3] retention   milliseconds that an ended delivery is kept
]]
local due, expiring = KEYS[1], KEYS[2]
local deliveries, indexes, retention = ARGV[1], ARGV[2], tonumber(ARGV[3])

-- @include index

local function delivery(id)
  return deliveries .. id
end

-- The place of a delivery is `webhook|invocation|tenant`; the webhook is "-" when it is the invocation's own.
local function parse_place(place)
  return string.match(place, "^([^|]+)|([^|]+)|(.*)$")
end
