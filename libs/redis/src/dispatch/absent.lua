-- Finds which invocations wait neither for their turn nor for their time. Writes nothing.

-- @include index

local absent = {}
for i = MORE_ARGS, #ARGV do
  local id = ARGV[i]
  local tenant = redis.call("HGET", records .. id, "tenant")
  local waits = tenant and redis.call("ZSCORE", index("lobby", tenant), id)
  if not waits and not redis.call("ZSCORE", scheduled, id) then
    absent[#absent + 1] = id
  end
end
return absent
