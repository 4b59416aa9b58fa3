-- What is made of repeated measurements.

local statistics = {}

function statistics.median(values)
  assert(#values > 0, "the median of nothing")
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  if #sorted % 2 == 1 then return sorted[middle] end
  return (sorted[middle] + sorted[middle + 1]) / 2
end

-- The least and the greatest.
function statistics.spread(values)
  assert(#values > 0, "the spread of nothing")
  return math.min(table.unpack(values)), math.max(table.unpack(values))
end

-- Median, least and greatest of one series.
function statistics.summary(values)
  local least, greatest = statistics.spread(values)
  return { median = statistics.median(values), least = least, greatest = greatest, values = values }
end

-- Theirs by ours, round by round: what was measured one after the other is compared.
function statistics.ratios(theirs, ours)
  assert(#theirs == #ours, "series of different lengths")
  local ratios = {}
  for i, value in ipairs(theirs) do ratios[i] = value / ours[i] end
  return ratios
end

-- What a value is worth: "stretch", "must" or "missed".  A goal of kind "ratio" is to be
-- reached from below, one of kind "limit" from above.
function statistics.verdict(goal, value)
  local function reaches(bound)
    if goal.kind == "limit" then return value <= bound end
    return value >= bound
  end
  return reaches(goal.stretch) and "stretch" or reaches(goal.must) and "must" or "missed"
end

-- How far beyond its must a value is: 1 is just reached, 2 twice as good.
function statistics.margin(goal, value)
  if goal.kind == "limit" then return goal.must / value end
  return value / goal.must
end

return statistics
