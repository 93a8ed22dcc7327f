-- Revokes an API key by Redis's clock, if there is one and it was not revoked before.

-- @include clock

if redis.call("EXISTS", key) == 1 and redis.call("HSETNX", key, "revokedMs", clock()) == 1 then
  local remaining = redis.call("PTTL", key)
  if remaining < 0 or remaining > kept then
    redis.call("PEXPIRE", key, kept)
  end
end
