-- Numbers over the steps of a run: a line for each series, one below the other, with its
-- least and greatest value in figures.

local markup = require "refchain.markup"
local measure = require "refchain.picture.measure"
local shape = require "refchain.picture.shape"

local element = markup.element
local concat = table.concat
local format = string.format

local chart = {}

local MARGIN, WIDTH = 16, 640
local LEFT, RIGHT = 190, 90             -- beside the lines: names, figures
local HIGH, STEP = 36, 52

local function bounds(values)
  local least, most = values[1] or 0, values[1] or 0
  for _, value in ipairs(values) do least, most = math.min(least, value), math.max(most, value) end
  return least, most
end

-- The points of a line; many steps share a point when they lie closer than half a pixel.
local function points_of(values, y)
  local least, most = bounds(values)
  local wide, span = WIDTH - 2 * MARGIN - LEFT - RIGHT, math.max(most - least, 1)
  local points, last = {}, nil
  for i, value in ipairs(values) do
    local x = MARGIN + LEFT + (#values > 1 and (i - 1) * wide / (#values - 1) or wide / 2)
    local point = format("%s,%s", markup.number(x), markup.number(y + HIGH - (value - least) * HIGH / span))
    if not last or x - last >= 0.5 or i == #values then points[#points + 1], last = point, x end
  end
  return concat(points, " ")
end

-- `series` is a sequence of { name =, values = { … } }.  Options: `style`; `step`, the one
-- that is marked; `title`.
function chart.svg(series, options)
  options = options or {}
  local title = options.title or "Over time"
  local parts, words, y = {}, {}, MARGIN
  for _, some in ipairs(series) do
    local name = measure.cut(measure.clean(some.name), math.floor((LEFT - 12) / shape.CELL))
    local least, most = bounds(some.values)
    local points = points_of(some.values, y)
    words[#words + 1] = format("%s from %s to %s", name, markup.number(least), markup.number(most))
    parts[#parts + 1] = element("g", { class = "rc-chart" }, {
      shape.text(MARGIN, y + HIGH / 2 + 5, "rc-strong", name),
      shape.line(MARGIN + LEFT, y + HIGH + 1, WIDTH - MARGIN - RIGHT, y + HIGH + 1, "rc-rule"),
      element("polyline", { points = points, class = "rc-series" }),
      shape.text(WIDTH - MARGIN, y + 12, "rc-soft", markup.number(most), "end"),
      least ~= most and shape.text(WIDTH - MARGIN, y + HIGH, "rc-soft", markup.number(least), "end") or false,
    })
    local value = options.step and some.values[options.step]
    if value then
      local wide = WIDTH - 2 * MARGIN - LEFT - RIGHT
      local x = MARGIN + LEFT + (#some.values > 1 and (options.step - 1) * wide / (#some.values - 1) or wide / 2)
      parts[#parts + 1] = element("circle", {
        cx = x, cy = y + HIGH - (value - least) * HIGH / math.max(most - least, 1), r = 4, class = "rc-dot",
      })
    end
    y = y + STEP
  end
  if #series == 0 then return shape.notice(title, "No figures.", options.style) end
  return shape.svg(WIDTH, y + MARGIN - STEP + HIGH, title, concat(words, "; ") .. ".", parts, options.style)
end

-- The series that a run's moments make.
function chart.of(moments)
  local live, series = {}, {}
  for i, moment in ipairs(moments) do
    live[i] = moment.live
    for place, row in ipairs(moment.generations) do
      if row.count then
        series[place] = series[place] or { name = format("count of gen %d", row.generation), values = {} }
        series[place].values[i] = row.count
      end
    end
  end
  table.insert(series, 1, { name = "objects alive", values = live })
  return series
end

function chart.table(series)
  local header, rows = { "step" }, {}
  for column, some in ipairs(series) do
    header[column + 1] = measure.clean(some.name)
    for i, value in ipairs(some.values) do
      rows[i] = rows[i] or { format("%d", i) }
      rows[i][column + 1] = markup.number(value)
    end
  end
  return { title = "Over time", header = header, rows = rows }
end

return chart
