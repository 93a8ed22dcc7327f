-- Begins the next attempt of an invocation on a worker, unless it has ended or ends now.

-- @include scope
-- @include clock
-- @include status
-- @include repeated
-- @include attempts
-- @include finish
-- @include places
-- @include stop-waiting
-- @include requeue
-- @include breakers

local accounts = cjson.decode(accounts_json)
-- An invocation under which so many workers were lost may be what kills them.
local SUSPICIOUS = 2

local time = clock()

-- The name of the breaker of its provider, and how long it is patient; nothing when the worker has no account there.
local function provider_of()
  if next(accounts) == nil then
    return
  end
  local given = cjson.decode(get("given"))
  local provider = string.match(given.model, "^([^/]*)/")
  local account = provider and accounts[provider]
  return account and provider .. "|" .. account, given.limits.providerPatienceMs or 0
end

local function reply(kind)
  if kind == "held" then
    return { kind, time, { "heldUntil", get("heldUntil") } }
  elseif kind ~= "started" then
    return { kind, time, {} }
  end
  local fields = redis.call("HGETALL", record)
  local name = provider_of()
  if name and read_breaker(name) then
    fields[#fields + 1] = "suspect"
    fields[#fields + 1] = "1"
  end
  return { kind, time, fields }
end

local status = get("status")
if not status then
  return reply("missing")
end
if was_executed(writer, call) then
  local is_held = tonumber(get("heldUntil") or 0) > time
  local waits = is_held and "held" or "apart"
  return reply(is_terminal(status) and "terminal" or has_open_attempt(status) and "started" or waits)
end
if is_terminal(status) then
  return reply("terminal")
end
-- A start that was held up on its way must not take the invocation from the worker that has it by now.
if time > deadline then
  return reply("late")
end

-- The error with which an invocation ends whose attempt was lost; nil when another one follows. Those that are lost with
-- their worker do not count against the allowed number.
local function error_of_lost()
  if get("recovery") == "fail" then
    return lost_error
  end
  return get("apart") == get("attempt") and not is_vouched_for(get("attempt")) and killed_error or nil
end

local function must_be_apart()
  return not is_apart and tonumber(get("attempt")) >= SUSPICIOUS and lost_attempts() >= SUSPICIOUS
end

-- Whether it must wait because its provider does not answer. The first one after a while is let through as the probe.
local function is_held()
  local name, patience = provider_of()
  local breaker = name and read_breaker(name)
  if not breaker or not breaker.untilMs then
    return false
  end
  if time >= breaker.untilMs then
    breaker.isProbed, breaker.untilMs = true, time + PROBE_MS
    write_breaker(name, breaker)
    return false
  end
  local since = tonumber(get("heldSince") or time)
  if time - since >= patience then
    return false
  end
  redis.call("HSET", record, "heldSince", since, "heldUntil", math.min(breaker.untilMs, since + patience))
  return true
end

-- It keeps its entry in the queue, which comes back when the time is over, and takes a place again when it starts.
local function hold()
  leave_place(get("tenant"), id)
  redis.call("ZREM", unqueued, id)
  stop_waiting(get("tenant"), id)
  return "held"
end

local function begin()
  redis.call("HDEL", record, "heldSince", "heldUntil")
  advance("start")
  redis.call("ZREM", unqueued, id)
  stop_waiting(get("tenant"), id)
  -- The slot was another's, who may need a reserve now.
  if take_place(get("tenant"), id) then
    redis.call("PUBLISH", reserves, "")
  end
  open_attempt(tonumber(get("attempt")) + 1, worker)
  if is_apart then
    redis.call("HSET", record, "apart", get("attempt"))
  end
  if redis.call("HDEL", record, "pausesAgain") == 1 then
    advance("pause")
    append_event("invocation.paused", get("attempt"))
  end
  return "started"
end

local function run()
  local was_lost = has_open_attempt(status)
  if was_lost then
    lose_attempt(lost_error)
  end
  if get("cancelRequestedAt") then
    finish("cancel", cancelled_error)
    return "terminal"
  end
  local final_error = was_lost and error_of_lost()
  if final_error then
    finish("fail", final_error)
    return "terminal"
  end
  if must_be_apart() then
    if was_lost then
      requeue()
    end
    return "apart"
  end
  if not was_lost and not is_apart and is_held() then
    return hold()
  end
  return begin()
end

note_executed(writer, call)
local kind = run()
count_growth()
announce()
return reply(kind)
