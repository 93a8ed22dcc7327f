-- @takes key
-- A Redis that is full refuses commands that need memory, but not in the middle of a script: not once it has written. So a
-- script that must work then, because it frees memory or because nothing works without it, begins with a write that
-- needs none.
local function work_when_full()
  redis.call("DEL", key .. ":nothing")
end
