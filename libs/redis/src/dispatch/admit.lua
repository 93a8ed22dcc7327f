-- Gives free places to those whose turn it is.

-- @include admission

return admit()
