--[[
  Names what every script on one invocation begins with. A script's own keys and
  arguments begin at KEYS[12] and ARGV[6].
    KEYS[1] record       hash
    KEYS[2] events       stream
    KEYS[3] spans        list
    KEYS[4] unqueued     sorted set of admitted ids whose entry is not known to be in the queue
    KEYS[5] expiring     sorted set of ended invocations
    KEYS[6] open         sorted set of the ids of all that have not ended
    KEYS[7] owed         sorted set of attempts whose spans are owed to a collector
    KEYS[8] quarantined  the same, of those that a collector refused for a reason that may pass
    KEYS[9] outbox       sorted set of the ids of ended ones whose deliveries are not written
    KEYS[10] admitted    sorted set of the places, see places.lua
    KEYS[11] scheduled   sorted set of the ids of those that wait for their time
    ARGV[1] id
    ARGV[2] now       RFC 3339; the caller's clock, so that the events of one attempt have one clock
    ARGV[3] retention milliseconds that an ended invocation is kept
    ARGV[4] indexes   what the keys of the tenant's indexes begin with
    ARGV[5] changes   channel that hears of every change
]]
local record, events, spans, unqueued = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local expiring, open, owed, quarantined, outbox = KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local admitted, scheduled = KEYS[10], KEYS[11]
local id, now, retention, indexes, changes = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

local function get(field)
  return redis.call("HGET", record, field)
end

-- @include index

local function announce()
  redis.call("PUBLISH", changes, id)
end
