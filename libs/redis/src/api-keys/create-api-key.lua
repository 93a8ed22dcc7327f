--[[
  Writes a new API key.
  Input:
    KEYS[1] key    hash of the API key
    KEYS[2] all    sorted set of the ids of all API keys, in lexical order
    ARGV[1] id
    ARGV[2] when it is gone, Unix ms; empty when it never expires
    ARGV[3…] fields of the hash and their values
  Output: nothing
]]
redis.call("HSET", KEYS[1], unpack(ARGV, 3))
redis.call("ZADD", KEYS[2], 0, ARGV[1])
if ARGV[2] ~= "" then
  redis.call("PEXPIREAT", KEYS[1], ARGV[2])
end
