-- @takes record
-- @include scope

-- Sums stay at what a usage can hold; see `usage.ts`. `usage` is a table.
local function add_usage(usage)
  local sum = cjson.decode(get("usage"))
  for name, value in pairs(usage) do
    sum[name] = math.min((sum[name] or 0) + value, name == "costUsd" and 1e9 or 1e15)
  end
  redis.call("HSET", record, "usage", cjson.encode(sum))
end

-- The newest attempt has ended without a word: what it had told of itself so far is the invocation's.
local function keep_progress()
  local progress = get("progress")
  if progress then
    add_usage(cjson.decode(progress).usage)
    redis.call("HDEL", record, "progress")
  end
end
