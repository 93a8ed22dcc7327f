-- Writes a new API key.

redis.call("HSET", key, unpack(ARGV, MORE_ARGS))
redis.call("ZADD", all, 0, id)
if gone then
  redis.call("PEXPIREAT", key, gone)
end
