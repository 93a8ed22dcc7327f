-- @include scope

-- The numbers of the attempts whose workers live although they have lost their claims, such as ",1,3,".
local function vouched()
  return get("vouched") or ","
end

local function is_vouched_for(attempt)
  return string.find(vouched(), "," .. attempt .. ",", 1, true) ~= nil
end
