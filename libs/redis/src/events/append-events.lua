-- Appends events of an attempt, and entries to the journal of its spans. Drops the oldest events of a log that has grown
-- too long, by their number or their bytes; a journal that is full takes no more, because its beginning is what the rest
-- hangs on.

-- @include scope
-- @include fence
-- @include write-spans

-- Dropping in lots keeps the cost per event small.
local LOT = 100
-- The same of bytes: a log that has too many is left with so much of what it may have.
local LEFT = 7 / 8
local READ_AT_ONCE = 8

local passed = fence(attempt, writer, call)
if passed ~= "current" then
  return passed == "repeated" and "accepted" or "stale"
end

-- Drops the oldest until there are no more than `surplus` fewer and no more than `goal` bytes; the newest one stays. The id
-- of the last event that was dropped is noted: a reader that has not come that far is told of the gap.
local function drop_oldest(length, surplus, bytes, goal)
  local dropped, last = 0, "-"
  while dropped < length - 1 and (dropped < surplus or bytes > goal) do
    for _, entry in ipairs(redis.call("XRANGE", events, last, "+", "COUNT", READ_AT_ONCE)) do
      if dropped < length - 1 and (dropped < surplus or bytes > goal) then
        dropped = dropped + 1
        bytes = bytes - #entry[2][2]
        grow_log(-#entry[2][2])
        last = "(" .. entry[1]
      end
    end
  end
  if dropped > 0 then
    redis.call("HSET", record, "trimmed", string.sub(last, 2))
    redis.call("XTRIM", events, "MAXLEN", length - dropped)
  end
end

local function trim(bytes)
  local length = redis.call("XLEN", events)
  local surplus = length - kept
  if bytes > most_bytes then
    drop_oldest(length, surplus, bytes, LEFT * most_bytes)
  elseif surplus >= LOT then
    drop_oldest(length, surplus, bytes, most_bytes)
  end
end

local function append_events(first, last)
  for i = first, last do
    redis.call("XADD", events, "*", "e", ARGV[i])
    grow_log(#ARGV[i])
  end
  trim(tonumber(get("eventBytes") or 0) + log_grown)
  announce()
end

-- A journal that nobody exchanges for spans goes by itself.
local function append_entries(first, last)
  local room = longest - redis.call("LLEN", journal)
  local bytes = tonumber(get(journal_bytes(attempt)) or 0)
  local added = 0
  for i = first, math.min(last, first + room - 1) do
    if bytes + added + #ARGV[i] > most_of_journal then
      break
    end
    redis.call("RPUSH", journal, ARGV[i])
    added = added + #ARGV[i]
  end
  redis.call("HSET", record, journal_bytes(attempt), bytes + added)
  redis.call("PEXPIRE", journal, retention)
  grow(added)
end

if progress ~= "" then
  redis.call("HSET", record, "progress", progress)
end
local last_event = MORE_ARGS + count - 1
if count > 0 then
  append_events(MORE_ARGS, last_event)
end
if #ARGV > last_event then
  append_entries(last_event + 1, #ARGV)
end
count_growth()
return "accepted"
