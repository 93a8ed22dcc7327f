-- Replaces a webhook, unless somebody else has changed or deleted it.

if redis.call("HGET", webhooks, id) ~= was then
  return 0
end
redis.call("HSET", webhooks, id, replacement)
return 1
