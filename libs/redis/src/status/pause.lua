--[[
  Pauses a running invocation, and tells its worker.
  Input: the scope, then
    ARGV[6] tenant
    ARGV[7] channel of requests
  Output: { kind, the record's fields and values }
    done | illegal | missing
]]
-- @include scope
-- @include ask

return ask("pause", "resume", "invocation.paused", ARGV[6], ARGV[7])
