-- Tells that a provider has left an attempt without an answer.

-- @include breakers

local time = clock()

local function note(breaker)
  for _, known in ipairs(breaker.ids) do
    if known == id then
      return
    end
  end
  table.insert(breaker.ids, id)
  if #breaker.ids > MOST_IDS then
    table.remove(breaker.ids, 1)
  end
end

local function hold(breaker)
  breaker.openings = breaker.openings + 1
  breaker.sinceMs = breaker.sinceMs or time
  breaker.untilMs = time + math.min(FIRST_HOLD_MS * 2 ^ (breaker.openings - 1), LONGEST_HOLD_MS)
  breaker.isProbed = false
end

local breaker = read_breaker(name)
if not breaker or time - breaker.at > FORGOTTEN_MS then
  breaker = { ids = {}, openings = 0 }
end
note(breaker)
breaker.at, breaker.reason = time, reason
-- Others that were under way when it was found to be away tell nothing new.
if breaker.isProbed or (not breaker.untilMs and #breaker.ids >= ENOUGH_IDS) then
  hold(breaker)
end
if breaker.untilMs and not breaker.isProbed then
  breaker.untilMs = math.max(breaker.untilMs, time + math.min(wish, LONGEST_WISH_MS))
end
write_breaker(name, breaker)
