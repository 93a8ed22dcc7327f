-- Long entries take Redis long to hand to a script, and nobody else is served meanwhile: so they are looked at in lots,
-- small ones at first.

local LARGEST_LOT = 8

-- Up to `count` entries of a stream behind `after`; none behind the one with which they have `enough` bytes. The second
-- value is 1 when there is more, and else 0.
local function entries_behind(stream, after, count, enough)
  local found, bytes, size, lot = {}, 0, 1, nil
  repeat
    size = bytes < enough and math.min(2 * size, LARGEST_LOT) or 1
    lot = redis.call("XRANGE", stream, "(" .. after, "+", "COUNT", size)
    for _, entry in ipairs(lot) do
      if #found == count or bytes >= enough then
        return found, 1
      end
      found[#found + 1] = entry
      bytes = bytes + #entry[2][2]
      after = entry[1]
    end
  until #lot < size
  return found, 0
end
