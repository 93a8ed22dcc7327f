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
    ARGV[13] 1 when the worker runs nothing else, and else 0
    ARGV[14] error of an invocation whose attempt was lost with a worker that ran nothing else, JSON
  Output: { kind, Redis time in Unix ms, the record's fields and values }
    started | terminal | missing | late; apart when it must be started by a worker that runs nothing else
]]
-- @include scope
-- @include clock
-- @include status
-- @include repeated
-- @include attempts
-- @include finish
-- @include places
-- @include requeue

local deadline, writer, call = tonumber(ARGV[6]), ARGV[7], ARGV[8]
local worker, lost_error, cancelled_error, reserves = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local is_apart, killed_error = ARGV[13] == "1", ARGV[14]
-- An invocation under which so many workers were lost may be what kills them.
local SUSPICIOUS = 2

local time = clock()

local function reply(kind)
  return { kind, time, kind == "started" and redis.call("HGETALL", record) or {} }
end

local status = get("status")
if not status then
  return reply("missing")
end
if was_executed(writer, call) then
  return reply(is_terminal(status) and "terminal" or has_open_attempt(status) and "started" or "apart")
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

local function begin()
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
  return begin()
end

note_executed(writer, call)
local kind = run()
count_growth()
announce()
return reply(kind)
