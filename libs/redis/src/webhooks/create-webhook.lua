--[[
  Writes a new webhook of a tenant, unless the tenant has too many.
  Input:
    KEYS[1] webhooks  hash from id to webhook
    ARGV[1] id
    ARGV[2] webhook, JSON
    ARGV[3] how many a tenant may have
  Output: created | too_many
]]
local id, webhook, most = ARGV[1], ARGV[2], tonumber(ARGV[3])

if redis.call("HEXISTS", KEYS[1], id) == 0 and redis.call("HLEN", KEYS[1]) >= most then
  return "too_many"
end
redis.call("HSET", KEYS[1], id, webhook)
return "created"
