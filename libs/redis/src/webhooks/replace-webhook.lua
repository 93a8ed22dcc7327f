--[[
  Replaces a webhook, unless somebody else has changed or deleted it.
  Input:
    KEYS[1] webhooks  hash from id to webhook
    ARGV[1] id
    ARGV[2] webhook as it was read, JSON
    ARGV[3] webhook as it is to be, JSON
  Output: 1 when it was replaced, else 0
]]
local id, was, replacement = ARGV[1], ARGV[2], ARGV[3]

if redis.call("HGET", KEYS[1], id) ~= was then
  return 0
end
redis.call("HSET", KEYS[1], id, replacement)
return 1
