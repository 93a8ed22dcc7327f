--[[
  Takes attempts whose spans are due at a collector, the longest due first. They are due again when the lease is over.
  Input:
    KEYS[1] owed         sorted set of attempts; score: when they are due
    KEYS[2] quarantined  the same
    ARGV[1] how many at most
    ARGV[2] milliseconds of the lease
  Output: members of the sets
]]
-- @include clock

local limit, lease = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = clock()

local due = {}
for _, key in ipairs(KEYS) do
  local found = redis.call("ZRANGEBYSCORE", key, "-inf", time, "WITHSCORES", "LIMIT", 0, limit)
  for i = 1, #found, 2 do
    due[#due + 1] = { key = key, member = found[i], since = tonumber(found[i + 1]) }
  end
end
table.sort(due, function(a, b)
  return a.since < b.since
end)

local taken = {}
for i = 1, math.min(limit, #due) do
  redis.call("ZADD", due[i].key, time + lease, due[i].member)
  taken[i] = due[i].member
end
return taken
