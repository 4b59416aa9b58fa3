-- What someone who mistyped a name may have meant.  No methods of strings here: a
-- scenario's state uses it, too.

local find, lower, sub = string.find, string.lower, string.sub

local nearest = {}

-- How many single letters must change, be added or go, or neighbours change places, to
-- turn `a` into `b`.
local function distance(a, b)
  local above, row = {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local before = above
    above, row = row, { [0] = i }
    for j = 1, #b do
      local same = sub(a, i, i) == sub(b, j, j)
      row[j] = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and sub(a, i - 1, i) == sub(b, j, j) .. sub(b, j - 1, j - 1) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
  end
  return row[#b]
end

-- The candidate that is spelled most like `name`, or nil when none is near: the first
-- of those that are equally near.
function nearest.of(name, candidates)
  local best, least = nil, (#name == 2 or #name == 3) and 2 or #name // 3 + 1
  for _, candidate in ipairs(candidates) do
    if math.abs(#candidate - #name) < least then
      local d = distance(lower(name), lower(candidate))
      if d < least then best, least = candidate, d end
    end
  end
  return best
end

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
  local best = #name > 1 and nearest.of(name, candidates)
  if not best or 3 * shared(lower(name), lower(best)) < 2 * #name then return "" end
  return "; did you mean '" .. best .. "'?"
end

return nearest
