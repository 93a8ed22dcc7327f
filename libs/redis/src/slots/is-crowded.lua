-- Whether more invocations have a place than the workers that are alive run at once: then reserves are used.

-- @include capacity

return redis.call("ZCARD", admitted) > capacity() and 1 or 0
