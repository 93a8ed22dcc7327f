-- @takes breakers
-- @include clock

--[[
  `breakers` is the hash from `provider|account` to what is known of a provider that was
  away, JSON:
    ids       the last invocations, three at most, whose attempts it left without an answer
    at        when it did last, Unix ms, as all times here
    reason    the error code of that attempt
    sinceMs   since when its invocations are held; absent while they are not
    untilMs   until when; the one that starts first afterwards is the probe
    openings  how often in a row they were held
    isProbed  whether an invocation was let through to find out
  An answer drops it. See `provider-breakers.ts`.
]]
local MOST_IDS = 3
-- A single invocation may be the reason that it gets no answer.
local ENOUGH_IDS = 2
local FORGOTTEN_MS = 120000
local FIRST_HOLD_MS, LONGEST_HOLD_MS, LONGEST_WISH_MS = 5000, 60000, 3600000
-- An attempt that gets no answer ends after 10 s.
local PROBE_MS = 20000

local function read_breaker(name)
  local json = redis.call("HGET", breakers, name)
  return json and cjson.decode(json)
end

local function write_breaker(name, breaker)
  redis.call("HSET", breakers, name, cjson.encode(breaker))
end
