-- @takes record, id
-- @include status
-- @include event

--[[
  Moves a running invocation of a tenant along the state machine, with the event that tells of it, and tells its
  worker. One that is there already is left as it is; its worker is told again.
    undo   the transition that leads back; it is legal exactly where `transition` has led to
  Returns { kind, the record's fields and values }: done | illegal | missing
]]
local function ask(transition, undo, event, tenant, requests)
  local status = get("status")
  if not status or get("tenant") ~= tenant then
    return { "missing", {} }
  end
  if TRANSITIONS[status][transition] then
    advance(transition)
    append_event(event, get("attempt"))
    count_growth()
    announce()
  elseif not TRANSITIONS[status][undo] then
    return { "illegal", redis.call("HGETALL", record) }
  end
  redis.call("PUBLISH", requests, id)
  return { "done", redis.call("HGETALL", record) }
end
