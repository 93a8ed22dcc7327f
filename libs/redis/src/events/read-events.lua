-- Reads events, and how far the log was trimmed, at one moment.

-- @include entries

local function parse(id)
  local ms, sequence = string.match(id, "^(%d+)%-?(%d*)$")
  return tonumber(ms), tonumber(sequence) or 0
end

local after_ms, after_sequence = parse(after)

local function is_behind(id)
  local ms, sequence = parse(id)
  return ms > after_ms or (ms == after_ms and sequence > after_sequence)
end

-- Of the first block it is not known how much is behind `after`: one event at least.
local function blocks_behind()
  local found, sum, bytes, i = {}, 0, 0, 0
  local block = redis.call("LINDEX", events, 0)
  while block do
    local last, size = string.match(block, "^([%d-]+) (%d+)\n")
    if is_behind(last) then
      if sum >= count or bytes >= enough then
        return found, 1
      end
      sum = sum + (#found == 0 and 1 or tonumber(size))
      bytes = bytes + #block
      found[#found + 1] = block
    end
    i = i + 1
    block = redis.call("LINDEX", events, i)
  end
  return found, 0
end

local trimmed = redis.call("HGET", record, "trimmed") or ""
if redis.call("TYPE", events).ok == "list" then
  local blocks, more = blocks_behind()
  return { trimmed, {}, blocks, more }
end
local entries, more = entries_behind(events, after, count, enough)
return { trimmed, entries, {}, more }
