-- @include scope

-- Writes spans in place of the journal that stood for them. `written` is one element of the list, empty without spans.
local function write_spans(written, journal)
  if written ~= "" then
    redis.call("RPUSH", spans, written)
  end
  redis.call("DEL", journal)
end
