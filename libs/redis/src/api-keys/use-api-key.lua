--[[
  Notes that an API key was used, and counts a request against its rate: a token bucket as the generic cell rate
  algorithm keeps it, by one time. Each request moves the time at which the bucket is full again on by one interval;
  it is allowed as long as that time is not further away than all intervals of a burst.
  Input:
    KEYS[1] key    hash of the API key
    KEYS[2] rate   when the bucket is full again, Redis time in microseconds; absent when it is full
    ARGV[1] milliseconds between two notes of the use
    ARGV[2] microseconds between two requests; absent without a rate
    ARGV[3] requests of a burst
  Output: nothing without a rate; else { 1 when it is allowed or 0, requests left, ms until the next one, ms until full }
]]
-- @include when-full

-- Without it nothing could be asked for, not even to cancel what fills Redis.
work_when_full()
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now_ms = math.floor(now / 1000)

local noted = tonumber(redis.call("HGET", KEYS[1], "lastUsedMs") or 0)
if now_ms - noted >= tonumber(ARGV[1]) and redis.call("EXISTS", KEYS[1]) == 1 then
  redis.call("HSET", KEYS[1], "lastUsedMs", string.format("%.0f", now_ms))
end

local interval = tonumber(ARGV[2])
if not interval then
  return nil
end
local capacity = interval * tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call("GET", KEYS[2]) or 0), now)
local allowed = full_at + interval - now <= capacity

if allowed then
  full_at = full_at + interval
  redis.call("SET", KEYS[2], string.format("%.0f", full_at), "PX", math.ceil((full_at - now) / 1000))
end

local missing = full_at - now
local remaining = math.max(0, math.floor((capacity - missing) / interval))
local until_next = math.max(0, missing + interval - capacity)
return { allowed and 1 or 0, remaining, math.ceil(until_next / 1000), math.ceil(missing / 1000) }
