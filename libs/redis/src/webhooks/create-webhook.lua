-- Writes a new webhook of a tenant, unless the tenant has too many.

if redis.call("HEXISTS", webhooks, id) == 0 and redis.call("HLEN", webhooks) >= most then
  return "too_many"
end
redis.call("HSET", webhooks, id, webhook)
return "created"
