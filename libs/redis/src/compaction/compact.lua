-- Exchanges the cold parts of an invocation that has ended for what was folded of them: fields of the record for one, and
-- the log's stream for a list of blocks. All at once, or not at all: when there was another event, or it was done before,
-- nothing is changed.

-- @include scope
-- @include growth


if redis.call("EXISTS", record) == 0 or redis.call("HEXISTS", record, "folded") == 1 then
  return
end
local newest = redis.call("XREVRANGE", events, "+", "-", "COUNT", 1)[1]
if not newest or newest[1] ~= last then
  return
end
for i = MORE_ARGS, MORE_ARGS + names - 1 do
  if LONG_FIELDS[ARGV[i]] then
    grow(-redis.call("HSTRLEN", record, ARGV[i]))
  end
end
redis.call("HDEL", record, unpack(ARGV, MORE_ARGS, MORE_ARGS + names - 1))
set_long("folded", folded)
if head ~= "" then
  set_long("head", head)
end
redis.call("DEL", events)
grow_log(-tonumber(get("eventBytes") or 0))
for i = MORE_ARGS + names, #ARGV do
  redis.call("RPUSH", events, ARGV[i])
  grow_log(#ARGV[i])
end
count_growth()
local remaining = redis.call("PTTL", record)
-- 0 in the last millisecond of the record.
if remaining >= 0 then
  redis.call("PEXPIRE", events, remaining)
end
