-- Takes a worker off the list, and lets others do its tasks. What had a place there may need a reserve elsewhere.

-- @include workers

forget_worker(worker)
for i = MORE_KEYS, #KEYS do
  if redis.call("GET", KEYS[i]) == worker then
    redis.call("DEL", KEYS[i])
  end
end
redis.call("PUBLISH", reserves, "")
