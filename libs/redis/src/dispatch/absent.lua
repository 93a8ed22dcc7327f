--[[
  Finds which invocations wait neither for their turn nor for their time. Writes nothing.
  Input:
    KEYS[1]  scheduled  sorted set of the ids of those that wait for their time
    ARGV[1]  indexes    what the keys of the tenants' indexes begin with
    ARGV[2]  records    what the keys of the records begin with
    ARGV[3…] ids
  Output: the ids of those
]]
local indexes, records = ARGV[1], ARGV[2]
-- @include index

local absent = {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local tenant = redis.call("HGET", records .. id, "tenant")
  local waits = tenant and redis.call("ZSCORE", index("lobby", tenant), id)
  if not waits and not redis.call("ZSCORE", KEYS[1], id) then
    absent[#absent + 1] = id
  end
end
return absent
