-- Notes the schema of the fleet's data, unless a newer one is noted.

local found = tonumber(redis.call("GET", schema) or 0)
if own > found then
  redis.call("SET", schema, own)
end
