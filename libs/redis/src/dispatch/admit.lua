--[[
  Gives free places to those whose turn it is.
  Input:
    KEYS[1] unqueued      sorted set of admitted ids whose entry is not known to be in the queue
    KEYS[2] admitted      sorted set of the places, see places.lua
    KEYS[3] scheduled     sorted set of the ids of those that wait for their time
    KEYS[4] turns         sorted set of the tenants; score: their virtual time
    KEYS[5] virtual time  of the fleet
    KEYS[6] workers       see workers.lua
    ARGV[1] indexes       what the keys of the tenants' indexes begin with
    ARGV[2] records       what the keys of the records begin with
    ARGV[3] tenant places the most that a tenant may have; 0 is no limit
  Output: id, carrier (JSON), priority and need of a reserve (1 or 0) of each that was admitted, in a row
]]
local unqueued, admitted, scheduled, turns, virtual_time = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local workers = KEYS[6]
local indexes, records, tenant_places = ARGV[1], ARGV[2], tonumber(ARGV[3])

-- @include admission

return admit()
