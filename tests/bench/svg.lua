-- Pictures of the results, as SVG: bars against the goal, and growth.

local svg = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- Text as it may stand in an element or an attribute.
function svg.escape(text) return (tostring(text):gsub("[&<>\"']", ENTITIES)) end

local STYLE = [[
  svg { background: #ffffff } text { font: 13px sans-serif; fill: #1a1a1a }
  .title { font-size: 16px; font-weight: bold } .number { text-anchor: end } .axis { text-anchor: middle }
  .line { stroke: #808080; stroke-width: 1 } .goal { stroke: #1a1a1a; stroke-width: 2 }
  .stretch { fill: #1b7a4b } .must { fill: #2f6fb0 } .missed { fill: #b5472c }
  .tick { stroke: #1a1a1a; stroke-width: 2; stroke-dasharray: 2 2 }
  .curve0 { stroke: #1b7a4b } .curve1 { stroke: #2f6fb0 } .curve2 { stroke: #b5472c } .curve3 { stroke: #7a4ea3 }
  .curve4 { stroke: #8a6d00 } .curve { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    svg { background: #16181c } text { fill: #e8e8e8 } .goal, .tick { stroke: #e8e8e8 }
    .stretch { fill: #4fc38a } .must { fill: #6aaeee } .missed { fill: #f08a6c }
    .curve0 { stroke: #4fc38a } .curve1 { stroke: #6aaeee } .curve2 { stroke: #f08a6c } .curve3 { stroke: #c3a0e8 }
    .curve4 { stroke: #e0c050 }
  }]]

local function document(width, height, title, parts)
  return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
          .. 'aria-label="%s">\n<style>\n%s\n</style>\n%s\n</svg>\n'):format(
    width, height, width, height, svg.escape(title), STYLE, table.concat(parts, "\n"))
end

local function text(class, x, y, what)
  return ('<text class="%s" x="%.1f" y="%.1f">%s</text>'):format(class, x, y, svg.escape(what))
end

local function line(class, x1, y1, x2, y2)
  return ('<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>'):format(class, x1, y1, x2, y2)
end

-- Bars: each { label, margin, stretch, verdict, words }: `margin` is the figure divided by
-- its must, `stretch` the stretch divided by it.
function svg.goals(title, bars)
  local LEFT, WIDTH, RIGHT, STEP, TOP = 300, 420, 300, 20, 70
  local least, greatest = 1 / 4, 4
  for _, bar in ipairs(bars) do
    while bar.margin < least do least = least / 2 end
    while math.max(bar.margin, bar.stretch) > greatest do greatest = greatest * 2 end
  end
  local function x_of(margin)
    return LEFT + WIDTH * math.log(margin / least) / math.log(greatest / least)
  end
  local bottom = TOP + #bars * STEP
  local parts = { text("title", 10, 24, title) }
  local margin = least
  while margin <= greatest do
    parts[#parts + 1] = line("line", x_of(margin), TOP - 6, x_of(margin), bottom)
    parts[#parts + 1] = text("axis", x_of(margin), TOP - 12,
                             margin < 1 and ("1/%d"):format(1 // margin) or ("%d"):format(margin // 1))
    margin = margin * 2
  end
  for i, bar in ipairs(bars) do
    local y = TOP + (i - 1) * STEP
    local start, stop = math.min(x_of(1), x_of(bar.margin)), math.max(x_of(1), x_of(bar.margin))
    parts[#parts + 1] = text("number", LEFT - 10, y + 14, bar.label)
    parts[#parts + 1] = ('<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%d"/>'):format(
      svg.escape(bar.verdict), start, y + 3, math.max(stop - start, 1), STEP - 6)
    parts[#parts + 1] = line("tick", x_of(bar.stretch), y + 1, x_of(bar.stretch), y + STEP - 1)
    parts[#parts + 1] = text("label", LEFT + WIDTH + 12, y + 14, bar.words)
  end
  parts[#parts + 1] = line("goal", x_of(1), TOP - 6, x_of(1), bottom)
  parts[#parts + 1] = text("axis", x_of(1), TOP - 30, "must")
  parts[#parts + 1] = text("label", 10, bottom + 24, "How far beyond (right) or short of (left) its must "
                           .. "each row is, as a factor; the dashed tick is the stretch.")
  return document(LEFT + WIDTH + RIGHT, bottom + 40, title, parts)
end

-- At each curve's end its number, which the legend repeats: not colour alone.  Those that would
-- overlap stand one below the other.
local function numbers_of(ends)
  table.sort(ends, function(a, b) return a.y < b.y or (a.y == b.y and a.number < b.number) end)
  local parts, lowest = {}, -math.huge
  for i, place in ipairs(ends) do
    lowest = math.max(place.y, lowest + 14)
    parts[i] = text("label", place.x + 8, lowest + 5, place.number)
  end
  return table.concat(parts, "\n")
end

-- Curves: each { name, points = { { size, nanoseconds }, … } }, over sizes given as texts.
function svg.growth(title, sizes, curves)
  local LEFT, WIDTH, TOP, HEIGHT = 70, 620, 60, 340
  local least, greatest = math.huge, 0
  for _, curve in ipairs(curves) do
    for _, point in ipairs(curve.points) do
      least, greatest = math.min(least, point[2]), math.max(greatest, point[2])
    end
  end
  local low, high = 1, 10
  while low > least do low = low / 10 end
  while low * 10 <= least do low = low * 10 end
  while high < greatest do high = high * 10 end
  local first = math.log(tonumber(sizes[1]))
  local last = math.max(math.log(tonumber(sizes[#sizes])), first + 1)
  local function x_of(size) return LEFT + WIDTH * (math.log(size) - first) / (last - first) end
  local function y_of(time) return TOP + HEIGHT * (1 - math.log(time / low) / math.log(high / low)) end
  local parts = { text("title", 10, 24, title), text("label", 10, 44, "nanoseconds, each object (churn: each cycle)") }
  for _, size in ipairs(sizes) do
    local x = x_of(tonumber(size))
    parts[#parts + 1] = line("line", x, TOP, x, TOP + HEIGHT)
    parts[#parts + 1] = text("axis", x, TOP + HEIGHT + 20, size)
  end
  local tick = low
  while tick <= high * 1.01 do
    parts[#parts + 1] = line("line", LEFT, y_of(tick), LEFT + WIDTH, y_of(tick))
    parts[#parts + 1] = text("number", LEFT - 8, y_of(tick) + 5, ("%g"):format(tick))
    tick = tick * 10
  end
  local ends = {}
  for i, curve in ipairs(curves) do
    local points = {}
    for j, point in ipairs(curve.points) do
      points[j] = ("%.1f,%.1f"):format(x_of(point[1]), y_of(point[2]))
    end
    local class = "curve curve" .. (i - 1) % 5
    parts[#parts + 1] = ('<polyline class="%s" points="%s"/>'):format(class, table.concat(points, " "))
    local y = TOP + HEIGHT + 30 + i * 18
    parts[#parts + 1] = line(class, LEFT, y - 4, LEFT + 30, y - 4)
    local final = curve.points[#curve.points]
    ends[i] = { x = x_of(final[1]), y = y_of(final[2]), number = i }
    parts[#parts + 1] = text("label", LEFT + 40, y, ("%d  %s"):format(i, curve.name))
  end
  parts[#parts + 1] = numbers_of(ends)
  return document(LEFT + WIDTH + 40, TOP + HEIGHT + 50 + #curves * 18, title, parts)
end

return svg
