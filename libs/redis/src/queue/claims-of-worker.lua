--[[
  Finds the entries that a worker has claimed, by the tokens in their locks: the worker's id, a colon, and an id of the
  claim without one. An entry whose lock has run out has no claim. Writes nothing.
  Input:
    KEYS[1] active  list of the ids of the claimed entries
    ARGV[1] what the key of an entry begins with; its id follows
    ARGV[2] what the key of an entry's lock ends with
    ARGV[3] worker
  Output: { id, token } of each
]]
local claims = {}
for _, id in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do
  local token = redis.call("GET", ARGV[1] .. id .. ARGV[2])
  if token and string.match(token, "^(.*):") == ARGV[3] then
    claims[#claims + 1] = { id, token }
  end
end
return claims
