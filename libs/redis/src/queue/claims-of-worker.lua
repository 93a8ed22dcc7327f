-- Finds the entries that a worker has claimed, by the tokens in their locks: the worker's id, a colon, and an id of the
-- claim without one. An entry whose lock has run out has no claim. Writes nothing.

local claims = {}
for _, id in ipairs(redis.call("LRANGE", active, 0, -1)) do
  local token = redis.call("GET", entry_prefix .. id .. lock_suffix)
  if token and string.match(token, "^(.*):") == worker then
    claims[#claims + 1] = { id, token }
  end
end
return claims
