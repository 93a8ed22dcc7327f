--[[
  Exchanges the cold parts of an invocation that has ended for what was folded of them: fields of the record for one, and
  the log's stream for a list of blocks. All at once, or not at all: when there was another event, or it was done before,
  nothing is changed.
  Input: the scope, then
    ARGV[6]  id of the last event that was folded
    ARGV[7]  the folded fields
    ARGV[8]  those of them that lists show, when they are folded by themselves; else empty
    ARGV[9]  how many names of fields follow
    ARGV[10…] names of the fields that go, then the blocks
  Output: nothing
]]
-- @include scope
-- @include growth

local last, folded, head, names = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local FIRST = 10

if redis.call("EXISTS", record) == 0 or redis.call("HEXISTS", record, "folded") == 1 then
  return
end
local newest = redis.call("XREVRANGE", events, "+", "-", "COUNT", 1)[1]
if not newest or newest[1] ~= last then
  return
end
for i = FIRST, FIRST + names - 1 do
  if LONG_FIELDS[ARGV[i]] then
    grow(-redis.call("HSTRLEN", record, ARGV[i]))
  end
end
redis.call("HDEL", record, unpack(ARGV, FIRST, FIRST + names - 1))
set_long("folded", folded)
if head ~= "" then
  set_long("head", head)
end
redis.call("DEL", events)
grow_log(-tonumber(get("eventBytes") or 0))
for i = FIRST + names, #ARGV do
  redis.call("RPUSH", events, ARGV[i])
  grow_log(#ARGV[i])
end
count_growth()
local remaining = redis.call("PTTL", record)
if remaining > 0 then
  redis.call("PEXPIRE", events, remaining)
end
