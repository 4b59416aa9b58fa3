-- The picture of names and objects: boxes with their rows, cycles framed, garbage hatched
-- and named, at the places that layout.places has found.

local graph = require "refchain.picture.graph"
local layout = require "refchain.picture.layout"
local markup = require "refchain.markup"
local measure = require "refchain.picture.measure"
local shape = require "refchain.picture.shape"

local element, number = markup.element, markup.number
local concat = table.concat
local format = string.format
local cut, width = measure.cut, measure.width

local TITLE = "Names and objects"

-- ------------------------------------------------------------------------------ boxes --

local function head_of(box, x, y, wide, note)
  local title, count, where, state = layout.head(box)
  local left, right = x + shape.PADDING, x + wide - shape.PADDING
  local cells = math.floor((wide - 2 * shape.PADDING) / shape.CELL + 0.01)
  local parts = {
    shape.rect(x + 1, y + 1, wide - 2, shape.HEAD - 2, box.garbage and "rc-garbage-head" or "rc-head", 5),
    shape.text(left, y + 18, "rc-strong", cut(title, cells - width(count) - (count ~= "" and 2 or 0))),
    shape.text(right, y + 18, "rc-text", count, "end"),
    shape.text(left, y + 36, "rc-soft", cut(where, cells - width(state) - 2)),
  }
  if state ~= "" then
    parts[#parts + 1] = shape.text(right, y + 36, "rc-bad", state, "end")
  elseif note then
    parts[#parts + 1] = shape.text(right, y + 36, "rc-cycle-text", note, "end")
  end
  parts[#parts + 1] = shape.line(x, y + shape.HEAD, x + wide, y + shape.HEAD, "rc-rule")
  return parts
end

local function row_parts(row, x, y, wide)
  local cells = math.floor((wide - 2 * shape.PADDING) / shape.CELL + 0.01)
  local left, right, base = x + shape.PADDING, x + wide - shape.PADDING, y + 14
  local room = cells - (row.count and width(row.count) + 2 or row.to and 2 or 0)
  local label = cut(row.label, math.max(room, 4))
  local parts = {}
  if label ~= "" then parts[1] = shape.text(left, base, "rc-soft", label) end
  local at = label ~= "" and width(label) + 1 or 0
  local text = row.text or row.hint
  if text and room - at >= 2 then
    parts[#parts + 1] = shape.text(left + at * shape.CELL, base, row.text and "rc-text" or "rc-soft",
                                   cut(text, room - at))
  end
  if row.count then parts[#parts + 1] = shape.text(right, base, "rc-soft", row.count, "end") end
  if row.to then
    parts[#parts + 1] = element("circle", {
      cx = right - 3, cy = y + shape.ROW / 2, r = 4, class = row.weak and "rc-hollow" or "rc-dot",
    })
  end
  return parts
end

local function box_element(box, place, note)
  local x, y = place.x, place.y
  local wide, high = layout.size(box)
  local children = {
    shape.rect(x, y, wide, high, box.garbage and "rc-garbage" or "rc-box", 6), head_of(box, x, y, wide, note),
  }
  for i, row in ipairs(box.rows) do
    children[#children + 1] = row_parts(row, x, y + shape.HEAD + (i - 1) * shape.ROW + 3, wide)
  end
  if box.garbage then children[#children + 1] = shape.hatch(x + 2, y + high - 8, wide - 4, 7) end
  return element("g", { class = "rc-object" }, children)
end

-- ----------------------------------------------------------------------------- frames --

local function overlap(a, b)
  return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
end

-- The frames of cycles: around all members, or around each where others stand between them.
-- Second result: the cycles that are framed one by one.
local function frames_of(view, rectangles, names)
  local frames, apart = {}, {}
  local function around(keys, above)
    local x1, y1, x2, y2 = math.huge, math.huge, -math.huge, -math.huge
    for _, key in ipairs(keys) do
      local own = rectangles[key]
      x1, y1 = math.min(x1, own.x), math.min(y1, own.y)
      x2, y2 = math.max(x2, own.x + own.width), math.max(y2, own.y + own.height)
    end
    local margin = above and layout.FRAME - 4 or 4
    return { x = x1 - margin, y = y1 - margin - (above or 0), width = x2 - x1 + 2 * margin,
             height = y2 - y1 + 2 * margin + (above or 0) }
  end
  local function is_free(frame, cycle)
    if frame.x < 0 or frame.y < 0 then return false end
    for key, own in pairs(rectangles) do
      if view.by_key[key].cycle ~= cycle and overlap(frame, own) then return false end
    end
    for _, own in pairs(names) do
      if overlap(frame, own) then return false end
    end
    for _, other in ipairs(frames) do
      if overlap(frame, other) then return false end
    end
    return true
  end
  for cycle, keys in ipairs(view.cycles) do
    local frame = around(keys, layout.CAPTION - 4)
    frame.cycle = cycle
    if is_free(frame, cycle) then
      frames[#frames + 1] = frame
    else
      apart[cycle] = true
      for _, key in ipairs(keys) do frames[#frames + 1] = around({ key }) end
    end
  end
  return frames, apart
end

local function cycle_title(view, cycle)
  local members, garbage = view.cycles[cycle], true
  for _, key in ipairs(members) do garbage = garbage and view.by_key[key].garbage end
  local title = format("cycle of %d", #members)
  return garbage and title .. ", garbage" or title
end

local function frame_element(frame)
  return shape.rect(frame.x, frame.y, frame.width, frame.height, "rc-cycle", 9)
end

-- What a frame says stands over the arrows, on a ground of its own.
local function caption_element(view, frame)
  local title = cycle_title(view, frame.cycle)
  return element("g", { class = "rc-caption" }, {
    shape.rect(frame.x + 8, frame.y + 4, shape.width(title) + 8, 18, "rc-caption-ground", 4),
    shape.text(frame.x + 12, frame.y + 17, "rc-cycle-text", title),
  })
end

-- ----------------------------------------------------------------------------- arrows --

-- A path along dot's points, or a curve where it has none, with a head at the end.
local function arrow_element(points, from, tip, class, head)
  local parts = { format("M%s %s", number(from[1]), number(from[2])) }
  local last = { tip[1] - 8, tip[2] }
  if not points then
    local bend = math.min(120, math.max(40, math.abs(last[1] - from[1]) / 2))
    points = { from, { from[1] + bend, from[2] }, { last[1] - bend, last[2] }, last }
  end
  parts[#parts + 1] = format("L%s %s", number(points[1][1]), number(points[1][2]))
  for i = 2, #points - 2, 3 do
    parts[#parts + 1] = format("C%s %s %s %s %s %s", number(points[i][1]), number(points[i][2]),
      number(points[i + 1][1]), number(points[i + 1][2]), number(points[i + 2][1]), number(points[i + 2][2]))
  end
  local ending = points[#points]
  if ((ending[1] - tip[1]) ^ 2 + (ending[2] - tip[2]) ^ 2) ^ 0.5 < 16 then last = ending end
  parts[#parts + 1] = format("L%s %s", number(last[1]), number(last[2]))
  return { element("path", { d = concat(parts), class = class }), shape.head(tip[1], tip[2], last[1], last[2], head) }
end

-- From a row round the foot of the box to its own head.
local function loop_element(box, y, tip, class, head)
  local right, foot, left = box.x + box.width, box.y + box.height, box.x
  local path = format("M%s %sH%sq9 0 9 9V%sq0 9 -9 9H%sq-9 0 -9 -9V%sq0 -6 6 -6", number(right - shape.PADDING - 3),
                      number(y), number(right), number(foot), number(left - 3), number(tip[2] + 6))
  return { element("path", { d = path, class = class }), shape.head(tip[1], tip[2], tip[1] - 8, tip[2], head) }
end

local function arrows_of(view, places, rectangles)
  local parts = {}
  for _, name in ipairs(view.names) do
    local from, to = places.names[name.key], rectangles[name.to]
    parts[#parts + 1] = arrow_element(places.arrows[name.key .. ">" .. name.to],
      { from.x + from.width, from.y + from.height / 2 }, { to.x, to.y + shape.HEAD / 2 }, "rc-arrow", "rc-arrow-head")
  end
  for _, arrow in ipairs(view.arrows) do
    local from, to = rectangles[arrow.from], rectangles[arrow.to]
    local class = "rc-arrow" .. (arrow.cycle and " rc-arrow-cycle" or "") .. (arrow.weak and " rc-weak" or "")
    local y = from.y + shape.HEAD + (arrow.row - 1) * shape.ROW + 3 + shape.ROW / 2
    local head, tip = arrow.cycle and "rc-arrow-head-cycle" or "rc-arrow-head", { to.x, to.y + shape.HEAD / 2 }
    if arrow.from == arrow.to then
      parts[#parts + 1] = loop_element(from, y, tip, class, head)
    else
      parts[#parts + 1] = arrow_element(places.arrows[layout.arrow_key(arrow)],
                                        { from.x + from.width - shape.PADDING - 3, y }, tip, class, head)
    end
  end
  return parts
end

-- -------------------------------------------------------------------------------- all --

local function count_text(count, one, many) return format("%d %s", count, count == 1 and one or many) end

-- What the picture shows, in a sentence.
local function says(view)
  local garbage, objects = 0, 0
  for _, box in ipairs(view.boxes) do
    objects = objects + (box.folded or 1)
    if box.garbage then garbage = garbage + (box.folded or 1) end
  end
  local text = format("%s, %s, %s, %s.", count_text(#view.names, "name", "names"),
                      count_text(objects, "object", "objects"), count_text(#view.cycles, "cycle", "cycles"),
                      garbage > 0 and count_text(garbage, "object is garbage", "objects are garbage") or "no garbage")
  local hidden = graph.hidden_text(view)
  return hidden and text .. " " .. hidden .. "." or text
end

-- As text; options: `style`, a stylesheet to bring along; `reason`, why there are no places.
return function(moment, places, options)
  local style = options and options.style
  if not places then
    local reason = options and options.reason or "there is no layout"
    return shape.notice(TITLE, "The objects cannot be drawn: " .. reason .. ".", style)
  end
  local view = graph.of(moment, { folding = places.folding })
  if #view.boxes == 0 then return shape.notice(TITLE, "No objects.", style) end

  local rectangles, names = {}, {}
  for _, box in ipairs(view.boxes) do
    local place = places.boxes[box.key]
    local wide, high = layout.size(box)
    rectangles[box.key] = { x = place.x, y = place.y, width = wide, height = high }
  end
  for _, name in ipairs(view.names) do names[name.key] = places.names[name.key] end

  local frames, apart = frames_of(view, rectangles, names)
  local parts = {}
  for _, frame in ipairs(frames) do parts[#parts + 1] = frame_element(frame) end
  parts[#parts + 1] = arrows_of(view, places, rectangles)
  for _, frame in ipairs(frames) do
    if frame.cycle then parts[#parts + 1] = caption_element(view, frame) end
  end
  for _, box in ipairs(view.boxes) do
    parts[#parts + 1] = box_element(box, rectangles[box.key], apart[box.cycle] and format("in cycle %d", box.cycle))
  end
  for _, name in ipairs(view.names) do
    local place = places.names[name.key]
    parts[#parts + 1] = element("g", { class = "rc-label" }, {
      shape.rect(place.x, place.y, layout.name_width(name), place.height, "rc-name", 12),
      shape.text(place.x + 10, place.y + 17, "rc-name-text", cut(name.text, 28)),
    })
  end
  local height = places.height
  local hidden = graph.hidden_text(view)
  local note = hidden and cut(hidden, math.max(20, math.floor((places.width - 32) / shape.CELL)))
  if hidden then parts[#parts + 1] = shape.text(16, height + 4, "rc-soft", note) end
  return shape.svg(math.max(places.width, hidden and shape.width(note) + 32 or 0), height + (hidden and 16 or 0), TITLE,
                   says(view), parts, style)
end
