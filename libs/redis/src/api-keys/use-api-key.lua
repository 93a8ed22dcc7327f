-- Notes that an API key was used, and counts a request against its rate: a token bucket as the generic cell rate
-- algorithm keeps it, by one time. Each request moves the time at which the bucket is full again on by one interval;
-- it is allowed as long as that time is not further away than all intervals of a burst.

-- @include when-full(key)

-- Without it nothing could be asked for, not even to cancel what fills Redis.
work_when_full()
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now_ms = math.floor(now / 1000)

local noted = tonumber(redis.call("HGET", key, "lastUsedMs") or 0)
if now_ms - noted >= note_every and redis.call("EXISTS", key) == 1 then
  redis.call("HSET", key, "lastUsedMs", string.format("%.0f", now_ms))
end

if not interval then
  return nil
end
local capacity = interval * burst
local full_at = math.max(tonumber(redis.call("GET", rate) or 0), now)
local allowed = full_at + interval - now <= capacity

if allowed then
  full_at = full_at + interval
  redis.call("SET", rate, string.format("%.0f", full_at), "PX", math.ceil((full_at - now) / 1000))
end

local missing = full_at - now
local remaining = math.max(0, math.floor((capacity - missing) / interval))
local until_next = math.max(0, missing + interval - capacity)
return { allowed and 1 or 0, remaining, math.ceil(until_next / 1000), math.ceil(missing / 1000) }
