-- @takes record, id
-- @include status
-- @include places

-- The newest attempt is over and another one follows, which takes a place again when it starts. A pause outlives the
-- attempt: the next one begins paused.
local function requeue()
  if is_paused(get("status")) then
    redis.call("HSET", record, "pausesAgain", 1)
  end
  advance("requeue")
  leave_place(get("tenant"), id)
end
