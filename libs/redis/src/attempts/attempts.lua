-- @takes record, now
-- @include vouched
-- @include scope
-- @include event
-- @include owed
-- @include usage

local function read_attempts()
  return cjson.decode(get("attempts"))
end

-- Begins attempt `number`. `worker` is a JSON string.
local function open_attempt(number, worker)
  local attempts = read_attempts()
  attempts[#attempts + 1] = {
    number = number,
    worker = cjson.decode("[" .. worker .. "]")[1],
    startedAt = now,
    endedAt = cjson.null,
    ended = cjson.null,
  }
  redis.call("HSET", record, "attempt", number, "attempts", cjson.encode(attempts))
  redis.call("HSETNX", record, "startedAt", now)
  append_event("attempt.started", number, '"worker":' .. worker)
end

-- Ends the newest attempt with `ended`. `failure` is a JSON error, or "null".
local function close_attempt(ended, failure)
  local attempts = read_attempts()
  local newest = attempts[#attempts]
  newest.endedAt = now
  newest.ended = ended
  redis.call("HSET", record, "attempts", cjson.encode(attempts))
  append_event("attempt.ended", newest.number, '"ended":"' .. ended .. '","error":' .. failure)
end

-- Ends the newest attempt, whose worker was lost.
local function lose_attempt(failure)
  close_attempt("worker_lost", failure)
  keep_progress()
  owe_unwritten(get("attempt"))
end

-- How many attempts were lost with their worker, as far as no worker has said that it lives.
local function lost_attempts()
  local count = 0
  for _, attempt in ipairs(read_attempts()) do
    if attempt.ended == "worker_lost" and not is_vouched_for(attempt.number) then
      count = count + 1
    end
  end
  return count
end
