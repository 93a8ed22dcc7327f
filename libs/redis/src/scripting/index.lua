-- @takes indexes
-- The key of something that a tenant has one of, as `index` makes it in keys.ts. `indexes` is what it begins with.
local function index(which, tenant)
  return indexes .. which .. ":" .. tenant
end
