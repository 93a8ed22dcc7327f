-- Pauses a running invocation, and tells its worker.

-- @include scope
-- @include ask

return ask("pause", "resume", "invocation.paused", tenant, requests)
