--[[
  Reads what lists show of invocations, in the order of their ids, and stops when it is long. Writes nothing.
  Input:
    ARGV[1] records  what the keys of the records begin with
    ARGV[2] with how many bytes it is enough
    ARGV[3] how many names of fields follow
    ARGV[4…] names of the fields, then the ids
  Output: { id, names and values in turn } of each; of those that are gone there are no values
]]
local records, enough, count = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local names = { unpack(ARGV, 4, 3 + count) }

-- What became of the spans of each attempt, and for none (0), as in record.ts.
local function names_of_exports(attempt)
  local exports = {}
  for number = 0, attempt do
    exports[#exports + 1] = "export:" .. number
  end
  return exports
end

local function read(key, fields, found)
  local bytes = 0
  for i, value in ipairs(redis.call("HMGET", key, unpack(fields))) do
    if value then
      found[#found + 1] = fields[i]
      found[#found + 1] = value
      bytes = bytes + #value
    end
  end
  return bytes
end

local rows, bytes = {}, 0
for i = 4 + count, #ARGV do
  if bytes >= enough then
    break
  end
  local id, found = ARGV[i], {}
  local key = records .. id
  local attempt = redis.call("HGET", key, "attempt")
  if attempt then
    bytes = bytes + read(key, names, found) + read(key, names_of_exports(tonumber(attempt)), found)
    -- One that was short is folded as a whole.
    if redis.call("HEXISTS", key, "head") == 0 then
      bytes = bytes + read(key, { "folded" }, found)
    end
  end
  rows[#rows + 1] = { id, found }
end
return rows
