-- What someone who mistyped a name may have meant.

local words = require "refchain.words"

local nearest = {}

-- "; did you mean 'x'?", or nothing when no candidate is near.
function nearest.hint(name, candidates)
  local best = words.nearest(name, candidates)
  return best and ("; did you mean '%s'?"):format(best) or ""
end

return nearest
