-- The refchain as a ring: its head, then the objects, newest first, clockwise, each with the
-- two links that it has.

local graph = require "refchain.picture.graph"
local markup = require "refchain.markup"
local measure = require "refchain.picture.measure"
local shape = require "refchain.picture.shape"

local element = markup.element
local format = string.format

local MOST = 21                 -- stations, the head among them
local WIDE, HIGH = 126, 48
local GAP = 40                  -- between stations, room for two arrows
local MARGIN = 16
local TITLE = "The refchain"

-- Columns and rows of the ring that has room for `count` stations on its rim.
local function size_of(count)
  local columns = count <= 4 and 2 or count <= 8 and 3 or 4
  return columns, math.max(2, math.ceil((count - 2 * columns) / 2) + 2)
end

-- Where the stations of the rim stand, clockwise from the top left: column and row, from 0.
local function rim(columns, rows)
  local cells = {}
  for column = 0, columns - 1 do cells[#cells + 1] = { column, 0 } end
  for row = 1, rows - 2 do cells[#cells + 1] = { columns - 1, row } end
  for column = columns - 1, 0, -1 do cells[#cells + 1] = { column, rows - 1 } end
  for row = rows - 2, 1, -1 do cells[#cells + 1] = { 0, row } end
  return cells
end

local function stations_of(moment)
  local by_birth, stations = {}, { { title = "refchain", note = "its head", head = true } }
  for _, object in ipairs(moment.objects) do by_birth[object.birth] = object end
  local shown = #moment.refchain
  if moment.live + 1 > MOST then shown = math.min(shown, MOST - 2) end
  for i = 1, shown do
    local object = by_birth[moment.refchain[i]]
    stations[#stations + 1] = {
      title = object and graph.title(object) or graph.short_title(moment, i),
      note = object and graph.count(object) or "", garbage = object and object.reach == "garbage",
    }
  end
  if moment.live > shown then
    stations[#stations + 1] = { title = "…", note = format("%d older", moment.live - shown), more = true }
  end
  return stations
end

-- A pair of arrows between neighbours: to the next and back.
local function links(a, b)
  local ax, ay, bx, by = a.x + WIDE / 2, a.y + HIGH / 2, b.x + WIDE / 2, b.y + HIGH / 2
  local function arrow(x1, y1, x2, y2)
    return { shape.line(x1, y1, x2, y2, "rc-arrow"), shape.head(x2, y2, x1, y1, "rc-arrow-head") }
  end
  if ay == by then
    local sign = bx > ax and 1 or -1
    local from, to = ax + sign * WIDE / 2, bx - sign * WIDE / 2
    return { arrow(from, ay - 6, to, ay - 6), arrow(to, ay + 6, from, ay + 6) }
  elseif ax == bx then
    local sign = by > ay and 1 or -1
    local from, to = ay + sign * HIGH / 2, by - sign * HIGH / 2
    return { arrow(ax - 6, from, ax - 6, to), arrow(ax + 6, to, ax + 6, from) }
  end
  return {}
end

local function station_element(station)
  local x, y, cells = station.x, station.y, math.floor((WIDE - 14) / shape.CELL)
  local class = station.garbage and "rc-garbage" or station.head and "rc-name" or "rc-box"
  local note = station.garbage and "garbage" or station.note
  return element("g", { class = "rc-station" }, {
    shape.rect(x, y, WIDE, HIGH, class, station.head and 20 or 6),
    station.garbage and shape.hatch(x + 2, y + HIGH - 7, WIDE - 4, 6) or false,
    shape.text(x + WIDE / 2, y + 18, station.head and "rc-name-text" or "rc-strong",
               measure.cut(station.title, cells), "middle"),
    shape.text(x + WIDE / 2, y + 34, station.garbage and "rc-bad" or station.head and "rc-name-text" or "rc-soft",
               measure.cut(note, cells), "middle"),
  })
end

return function(moment, options)
  local stations = stations_of(moment)
  local columns, rows = size_of(#stations)
  local cells = rim(columns, rows)
  -- the bottom row is filled from the right, and what is left of the rim is a longer way
  local spare = #cells - #stations
  for i, station in ipairs(stations) do
    local cell = cells[i]
    station.x = MARGIN + cell[1] * (WIDE + GAP)
    station.y = MARGIN + cell[2] * (HIGH + GAP)
  end
  local parts = {}
  for i = 1, #stations - 1 do parts[#parts + 1] = links(stations[i], stations[i + 1]) end
  local last, first = stations[#stations], stations[1]
  if #stations > 2 and spare == 0 or #stations == 2 then
    parts[#parts + 1] = #stations > 2 and links(last, first) or {}
  elseif #stations > 2 then
    -- from the last station along the empty places back to the head
    local x, y = first.x + WIDE / 2, last.y + HIGH / 2
    local column = cells[#stations][1]
    if column == 0 then
      parts[#parts + 1] = links(last, first)
    else
      parts[#parts + 1] = {
        element("path", { class = "rc-arrow", d = format("M%s %sH%sV%s", markup.number(last.x), markup.number(y + 6),
                                                          markup.number(x - 6), markup.number(first.y + HIGH + 8)) }),
        shape.head(x - 6, first.y + HIGH, x - 6, first.y + HIGH + 8, "rc-arrow-head"),
        element("path", { class = "rc-arrow", d = format("M%s %sV%sH%s", markup.number(x + 6),
                                                          markup.number(first.y + HIGH), markup.number(y - 6),
                                                          markup.number(last.x - 8)) }),
        shape.head(last.x, y - 6, last.x - 8, y - 6, "rc-arrow-head"),
      }
    end
  end
  for _, station in ipairs(stations) do parts[#parts + 1] = station_element(station) end
  local count = moment.live == 1 and "1 object" or format("%d objects", moment.live)
  local width = 2 * MARGIN + columns * WIDE + (columns - 1) * GAP
  local bottom = #stations <= columns and 0 or cells[#cells][2]
  for _, station in ipairs(stations) do bottom = math.max(bottom, (station.y - MARGIN) // (HIGH + GAP)) end
  local height = 2 * MARGIN + (bottom + 1) * HIGH + bottom * GAP
  return shape.svg(width, height, TITLE, format("A ring of %s, newest first, clockwise from its head.", count), parts,
                   options and options.style)
end
