--[[
  Revokes an API key by Redis's clock, if there is one and it was not revoked before.
  Input:
    KEYS[1] key    hash of the API key
    ARGV[1] milliseconds that it is kept then; it may be gone before, when it has expired or does so
  Output: nothing
]]
-- @include clock

if redis.call("EXISTS", KEYS[1]) == 1 and redis.call("HSETNX", KEYS[1], "revokedMs", clock()) == 1 then
  local remaining = redis.call("PTTL", KEYS[1])
  if remaining < 0 or remaining > tonumber(ARGV[1]) then
    redis.call("PEXPIRE", KEYS[1], ARGV[1])
  end
end
