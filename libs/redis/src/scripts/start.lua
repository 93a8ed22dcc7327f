--[[
  Begins the next attempt of an invocation on a worker, unless it has ended or ends now.
  Input: the scope, then
    ARGV[6]  deadline: Redis time after which the call came too late, Unix ms
    ARGV[7]  writer
    ARGV[8]  number of the writer's call
    ARGV[9]  worker, JSON string
    ARGV[10] error of an attempt that was lost with its worker, JSON
    ARGV[11] error of a cancelled invocation, JSON
    ARGV[12] channel of reserves
  Output: { kind, Redis time in Unix ms, the record's fields and values }
    started | terminal | missing | late
]]
-- @include scope
-- @include clock
-- @include status
-- @include repeated
-- @include attempts
-- @include finish
-- @include places

local deadline, writer, call = tonumber(ARGV[6]), ARGV[7], ARGV[8]
local worker, lost_error, cancelled_error, reserves = ARGV[9], ARGV[10], ARGV[11], ARGV[12]

local time = clock()

local function reply(kind)
  return { kind, time, kind == "started" and redis.call("HGETALL", record) or {} }
end

local status = get("status")
if not status then
  return reply("missing")
end
if was_executed(writer, call) then
  return reply(is_terminal(status) and "terminal" or "started")
end
if is_terminal(status) then
  return reply("terminal")
end
-- A start that was held up on its way must not take the invocation from the worker that has it by now.
if time > deadline then
  return reply("late")
end

local function is_worn_out()
  return get("recovery") == "fail" or counted_attempts() >= tonumber(get("maxAttempts"))
end

local function begin()
  advance("start")
  redis.call("ZREM", unqueued, id)
  stop_waiting(get("tenant"), id)
  -- The slot was another's, who may need a reserve now.
  if take_place(get("tenant"), id) then
    redis.call("PUBLISH", reserves, "")
  end
  open_attempt(tonumber(get("attempt")) + 1, worker)
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
  if was_lost and is_worn_out() then
    finish("fail", lost_error)
    return "terminal"
  end
  return begin()
end

note_executed(writer, call)
local kind = run()
announce()
return reply(kind)
