-- @takes record, spans
-- @include scope
-- @include growth

-- The field that says how many bytes the journal of an attempt has.
local function journal_bytes(attempt)
  return "journalBytes:" .. attempt
end

-- Writes spans in place of the journal of an attempt that stood for them. `written` is one element of the list, empty
-- without spans.
local function write_spans(written, journal, attempt)
  if written ~= "" then
    redis.call("RPUSH", spans, written)
    grow(#written)
  end
  if redis.call("DEL", journal) == 1 then
    grow(-tonumber(get(journal_bytes(attempt)) or 0))
    redis.call("HDEL", record, journal_bytes(attempt))
  end
end
