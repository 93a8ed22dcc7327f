-- Takes attempts whose spans are due at a collector, the longest due first. They are due again when the lease is over.

-- @include clock

local time = clock()

local due = {}
for _, key in ipairs({ owed, quarantined }) do
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
