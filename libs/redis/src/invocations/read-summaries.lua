-- Reads what lists show of invocations, in the order of their ids, and stops when it is long. Writes nothing.

local names = { unpack(ARGV, MORE_ARGS, MORE_ARGS + count - 1) }

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
for i = MORE_ARGS + count, #ARGV do
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
