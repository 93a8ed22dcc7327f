--[[
  Reads events, and how far the log was trimmed, at one moment.
  Input:
    KEYS[1] record  hash
    KEYS[2] events  stream
    ARGV[1] id behind which to begin
    ARGV[2] how many at most
  Output: { id of the last event that was dropped or "", entries }
]]
local trimmed = redis.call("HGET", KEYS[1], "trimmed") or ""
return { trimmed, redis.call("XRANGE", KEYS[2], "(" .. ARGV[1], "+", "COUNT", ARGV[2]) }
