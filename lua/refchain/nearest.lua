-- What someone who mistyped a name may have meant.  No methods of strings here: a
-- scenario's state uses it, too.

local words = require "refchain.words"

local find, lower, sub = string.find, string.lower, string.sub

local nearest = {}

-- How many characters of `a` are in `b`, wherever they stand.
local function shared(a, b)
  local count = 0
  for i = 1, #a do
    local at = find(b, sub(a, i, i), 1, true)
    if at then count, b = count + 1, sub(b, 1, at - 1) .. sub(b, at + 1) end
  end
  return count
end

-- "; did you mean 'x'?", or nothing when no candidate is near: it must have two thirds
-- of the characters.
function nearest.hint(name, candidates)
  local best = #name > 1 and words.nearest(name, candidates)
  if not best or 3 * shared(lower(name), lower(best)) < 2 * #name then return "" end
  return "; did you mean '" .. best .. "'?"
end

return nearest
