-- Lists deliveries, newest first, without their bodies. Ids whose delivery has expired are taken off the indexes.
-- The newest `count` ids of all the indexes.

local function next_ids(count)
  local ids = {}
  for _, key in ipairs(KEYS) do
    for _, id in ipairs(redis.call("ZREVRANGEBYLEX", key, to, from, "LIMIT", 0, count)) do
      ids[#ids + 1] = id
    end
  end
  table.sort(ids, function(a, b)
    return a > b
  end)
  return { unpack(ids, 1, math.min(count, #ids)) }
end

local function names_of_fields(tried)
  local names = { "given", "place", "status", "tried", "triedBefore", "dueAt", "deliveredAt" }
  for number = math.max(1, tried - kept + 1), tried do
    names[#names + 1] = "try:" .. number
  end
  return names
end

local function read_fields(row, tried)
  local names = names_of_fields(tried)
  local values = redis.call("HMGET", row, unpack(names))
  local flat = {}
  for i, name in ipairs(names) do
    if values[i] then
      flat[#flat + 1] = name
      flat[#flat + 1] = values[i]
    end
  end
  return flat
end

local function matches(place, its_status)
  return (status == "" or status == its_status)
    and (webhook == "" or webhook == string.match(place, "^[^|]+"))
end

local function drop(id)
  for _, key in ipairs(KEYS) do
    redis.call("ZREM", key, id)
  end
end

local found = {}
local function look_at(id)
  local row = deliveries .. id
  local fields = redis.call("HMGET", row, "place", "status", "tried")
  if not fields[1] then
    drop(id)
  elseif matches(fields[1], fields[2]) then
    found[#found + 1] = { id, read_fields(row, tonumber(fields[3])) }
  end
end

local looked = 0
while true do
  local ids = next_ids(limit + 1)
  for _, id in ipairs(ids) do
    look_at(id)
    if #found > limit then
      table.remove(found)
      return { found, found[limit][1] }
    end
  end
  if #ids <= limit then
    return { found, "" }
  end
  looked = looked + #ids
  if looked >= longest then
    return { found, ids[#ids] }
  end
  to = "(" .. ids[#ids]
end
