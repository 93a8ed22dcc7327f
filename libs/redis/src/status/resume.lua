-- Lets a paused invocation run again, and tells its worker.

-- @include scope
-- @include ask

return ask("resume", "pause", "invocation.resumed", tenant, requests)
