-- A picture of objects for the terminal: boxes below each other, names on their left,
-- and on their right a lane for each object that others refer to.
--
--     v1 ─▶┌ list #1 ──── refcnt 2, gen 0 ┐◀─╮
--          │ [0] 11                       │  │
--          │ [1] ●────────────────────────┼──╯
--          └──────────────────────────────┘

local graph = require "refchain.picture.graph"
local measure = require "refchain.picture.measure"

local concat, sort = table.concat, table.sort
local format, gsub, rep = string.format, string.gsub, string.rep
local width, cut, pad = measure.width, measure.cut, measure.pad

local COLUMNS = 80
local NARROWEST, WIDEST = 26, 44        -- inside a box
local NAMES = 18
local MOST = 30                         -- boxes
local ROWS = 60                         -- of a table

local UNICODE = {
  corners = { "┌", "┐", "└", "┘" }, across = "─", down = "│", leaves = "┼", hatch = "░", dot = "●", hollow = "○",
  enters = "◀", names = "▶", frame = { "╔", "╗", "╚", "╝" }, frame_across = "═", frame_down = "║", cuts = "╫",
  -- lanes, by where their lines go: 1 up, 2 down, 4 left, 8 right
  lanes = { [0] = " ", [3] = "│", [12] = "─", [5] = "╯", [6] = "╮", [7] = "┤", [13] = "┴", [14] = "┬",
            [15] = "┼" },
}
local ASCII = {
  corners = { "+", "+", "+", "+" }, across = "-", down = "|", leaves = "+", hatch = "/", dot = "*", hollow = "o",
  enters = "<", names = ">", frame = { "#", "#", "#", "#" }, frame_across = "=", frame_down = "#", cuts = "+",
  lanes = { [0] = " ", [3] = "|", [12] = "-", [5] = "'", [6] = ".", [7] = "+", [13] = "+", [14] = "+",
            [15] = "+" },
}

-- ----------------------------------------------------------------------------- order --

-- Boxes in the order in which a walk from `from` (keys) finds them, each cycle's
-- together: arrows are short then.
local function in_order(view, from)
  local following, order, seen = {}, {}, {}
  for _, arrow in ipairs(view.arrows) do
    following[arrow.from] = following[arrow.from] or {}
    table.insert(following[arrow.from], arrow.to)
  end

  -- The members of a cycle in the order of a walk that does not leave it.
  local function take_cycle(key, cycle, taken)
    if seen[key] or view.by_key[key].cycle ~= cycle then return end
    seen[key] = true
    order[#order + 1], taken[#taken + 1] = key, key
    if not cycle then return end
    for _, other in ipairs(following[key] or {}) do take_cycle(other, cycle, taken) end
  end

  local function take(key)
    local taken = {}
    take_cycle(key, view.by_key[key].cycle, taken)
    for _, member in ipairs(taken) do
      for _, other in ipairs(following[member] or {}) do take(other) end
    end
  end

  for _, key in ipairs(from) do take(key) end
  for _, name in ipairs(view.names) do take(name.to) end
  for _, box in ipairs(view.boxes) do take(box.key) end
  for i, key in ipairs(order) do order[i] = view.by_key[key] end
  return order
end

-- ----------------------------------------------------------------------------- lines --

-- The lines of the picture, one after the other: each has what stands in its box, the
-- frame of its cycle, the name before it, and the box that is entered or left on it.
local function lines_of(view, order)
  local lines, names = {}, {}
  for _, name in ipairs(view.names) do
    names[name.to] = names[name.to] and names[name.to] .. ", " .. name.text or name.text
  end

  for i, box in ipairs(order) do
    local cycle, before, after = box.cycle, order[i - 1], order[i + 1]
    if cycle and not (before and before.cycle == cycle) then
      lines[#lines + 1] = { frame = "top", cycle = view.cycles[cycle], garbage = box.garbage }
    end
    lines[#lines + 1] = { box = box, part = "top", frame = cycle and "side", name = names[box.key] }
    for _, row in ipairs(box.rows) do
      lines[#lines + 1] = { box = box, part = "row", row = row, frame = cycle and "side", leaves = row.to }
    end
    lines[#lines + 1] = { box = box, part = "bottom", frame = cycle and "side" }
    if cycle and not (after and after.cycle == cycle) then lines[#lines + 1] = { frame = "bottom" } end
  end
  return lines
end

-- ----------------------------------------------------------------------------- lanes --

-- For each object that is referred to: the lines its lane joins, and its column, from 1.
-- Lanes that share a line have columns of their own, the shortest the innermost.
local function lanes_of(lines)
  local top, lanes, by_key = {}, {}, {}
  for number, line in ipairs(lines) do
    if line.part == "top" then top[line.box.key] = number end
  end
  for number, line in ipairs(lines) do
    for _, key in ipairs(line.leaves or {}) do
      local lane = by_key[key]
      if not lane then
        lane = { key = key, enters = top[key], from = top[key], to = top[key], leaves = {} }
        lanes[#lanes + 1], by_key[key] = lane, lane
      end
      lane.leaves[number] = true
      if number < lane.from then lane.from = number end
      if number > lane.to then lane.to = number end
    end
  end
  sort(lanes, function(a, b)
    local length, other = a.to - a.from, b.to - b.from
    if length ~= other then return length < other end
    return a.enters < b.enters
  end)
  local columns = {}
  for _, lane in ipairs(lanes) do
    local column = 1
    while true do
      local free = true
      for _, other in ipairs(columns[column] or {}) do
        if lane.from <= other.to and other.from <= lane.to then free = false end
      end
      if free then break end
      column = column + 1
    end
    columns[column] = columns[column] or {}
    table.insert(columns[column], lane)
    lane.column = column
  end
  return lanes, #columns
end

local UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8

-- What the lanes look like on each line.
local function lane_texts(lines, lanes, columns, signs)
  local cells = {}
  for number = 1, #lines do
    cells[number] = {}
    for at = 1, columns * 2 do cells[number][at] = 0 end
  end
  for _, lane in ipairs(lanes) do
    local at = lane.column * 2
    for number = lane.from, lane.to do
      local own = (number > lane.from and UP or 0) | (number < lane.to and DOWN or 0)
      if number == lane.enters or lane.leaves[number] then
        own = own | LEFT
        for i = 1, at - 1 do cells[number][i] = cells[number][i] | LEFT | RIGHT end
      end
      cells[number][at] = cells[number][at] | own
    end
  end
  local texts = {}
  for number, row in ipairs(cells) do
    local parts = {}
    for at, mask in ipairs(row) do
      parts[at] = signs.lanes[mask]
    end
    texts[number] = concat(parts)
  end
  return texts
end

-- ----------------------------------------------------------------------------- boxes --

local function row_content(row)
  local label = row.label ~= "" and row.label .. " " or ""
  return label .. (row.text or "")
end

local function header(box)
  return box.garbage and box.title .. ", garbage" or box.title
end

local function inner_width(order, most)
  local widest = NARROWEST
  for _, box in ipairs(order) do
    widest = math.max(widest, width(header(box)) + width(box.facts) + 5)
    for _, row in ipairs(box.rows) do widest = math.max(widest, width(row_content(row)) + 3) end
  end
  return math.min(widest, most)
end

-- The text of a line between the frame's sides, `inside` cells and two borders wide.
local function box_text(line, inside, signs)
  local box = line.box
  local fill = box.garbage and signs.hatch or signs.across
  if line.part == "bottom" then return signs.corners[3] .. rep(fill, inside) .. signs.corners[4] end
  if line.part == "top" then
    local title = " " .. cut(header(box), inside - width(box.facts) - 4) .. " "
    local facts = " " .. box.facts .. " "
    local between = rep(fill, inside - width(title) - width(facts))
    return signs.corners[1] .. title .. between .. facts .. signs.corners[2]
  end
  local row = line.row
  if not row.to then
    return signs.down .. pad(" " .. cut(row_content(row), inside - 2), inside) .. signs.down
  end
  local sign = row.weak and signs.hollow or signs.dot
  local text = " " .. cut(row.text and row.label .. " " .. row.text or row.label, inside - 4) .. " " .. sign
  return signs.down .. text .. rep(signs.across, inside - width(text)) .. signs.leaves
end

local function frame_text(line, inside, signs)
  local across = inside + 4
  local corner = line.frame == "top" and 1 or 3
  local title = ""
  if line.frame == "top" then
    local count = #line.cycle
    title = format(" cycle of %d%s ", count, line.garbage and ", garbage" or "")
  end
  return signs.frame[corner] .. signs.frame_across .. title .. rep(signs.frame_across, across - 1 - width(title))
    .. signs.frame[corner + 1]
end

local function name_column(view)
  local texts, widest = {}, 0
  for _, name in ipairs(view.names) do
    texts[name.to] = texts[name.to] and texts[name.to] .. ", " .. name.text or name.text
  end
  for _, text in pairs(texts) do widest = math.max(widest, math.min(width(text), NAMES)) end
  return widest
end

-- The text of each line; nil if they would be wider than `most`.
local function render(view, order, most, signs)
  local lines = lines_of(view, order)
  local lanes, columns = lanes_of(lines)
  local names = name_column(view)
  local framed = #view.cycles > 0
  local before = names > 0 and names + 2 or 0
  local beside = (columns > 0 and columns * 2 + 1 or 0) + (framed and 4 or 0) + (names > 0 and not framed and 1 or 0)
  local room = most - before - beside - 2
  if room < NARROWEST then return nil end
  local inside = inner_width(order, math.min(room, WIDEST))
  local lane = lane_texts(lines, lanes, columns, signs)
  local entered = {}
  for _, some in ipairs(lanes) do entered[some.enters] = true end

  local texts = {}
  for number, line in ipairs(lines) do
    local name, enters, leaves = line.name, entered[number], line.leaves
    local left = name and pad(cut(name, names), names) .. " " .. signs.across or rep(" ", before)
    local sign = name and signs.names or " "
    local body
    if not line.box then
      body = frame_text(line, inside, signs) .. (columns > 0 and " " or "")
    elseif framed then
      local side = line.frame and (name and signs.cuts or signs.frame_down) or name and signs.across or " "
      local out = enters and signs.enters or leaves and signs.across or " "
      local crossed = (enters or leaves) and true
      local far = line.frame and (crossed and signs.cuts or signs.frame_down) or crossed and signs.across or " "
      body = side .. sign .. box_text(line, inside, signs) .. out .. far
      if columns > 0 then body = body .. (crossed and signs.across or " ") end
    else
      body = (names > 0 and sign or "") .. box_text(line, inside, signs)
      if columns > 0 then body = body .. (enters and signs.enters or leaves and signs.across or " ") end
    end
    texts[number] = gsub(left .. body .. lane[number], " +$", "")
  end
  return concat(texts, "\n") .. "\n"
end

-- ----------------------------------------------------------------------------- table --

-- The widths of columns that make lines of at most `most` cells: the widest give way.
local function column_widths(content, most, columns)
  local widths, total = {}, 2 * (#content.header - 1)
  for i, title in ipairs(content.header) do widths[i] = width(title) end
  for number, row in ipairs(content.rows) do
    if number > most then break end
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i], width(cell)) end
  end
  for _, own in ipairs(widths) do total = total + own end
  while total > columns do
    local widest = 1
    for i, own in ipairs(widths) do
      if own > widths[widest] then widest = i end
    end
    if widths[widest] <= 4 then break end
    widths[widest], total = widths[widest] - 1, total - 1
  end
  return widths
end

-- Without the columns that say nothing here; where there is little room, titles are short.
local function compact(content)
  local says, short = {}, { generation = "gen", ["reached from"] = "reached" }
  for i, title in ipairs(content.header) do
    says[i] = title ~= "names" and title ~= "cycle" and title ~= "reached from"
    for _, row in ipairs(content.rows) do
      says[i] = says[i] or row[i] ~= "" and not (title == "reached from" and row[i] == "a name")
    end
  end
  local function pick(row)
    local cells = {}
    for i, cell in ipairs(row) do
      if content.header[i] == "generation" and cell ~= "generation" then cell = gsub(cell, "^gen ", "") end
      if says[i] then cells[#cells + 1] = cell end
    end
    return cells
  end
  local result = { header = pick(content.header), rows = {} }
  for i, title in ipairs(result.header) do result.header[i] = short[title] or title end
  for i, row in ipairs(content.rows) do result.rows[i] = pick(row) end
  return result
end

-- A table { header =, rows = } as lines of at most `columns` cells, at most `most` rows;
-- `beyond`: how many there are that have no row.
local function table_text(content, most, columns, beyond)
  local widths, lines = column_widths(content, most, columns or COLUMNS), {}
  local function add(row)
    local cells = {}
    for i, cell in ipairs(row) do cells[i] = pad(cut(cell, widths[i]), widths[i]) end
    lines[#lines + 1] = gsub(concat(cells, "  "), " +$", "")
  end
  add(content.header)
  for number, row in ipairs(content.rows) do
    if number > most then break end
    add(row)
  end
  local more = math.max(#content.rows - most, 0) + (beyond or 0)
  if more > 0 then lines[#lines + 1] = format("… %d more", more) end
  return concat(lines, "\n") .. "\n"
end

-- How many containers there are that no box of the view shows.
local function beyond(moment, view)
  if not moment.containers then return 0 end
  local count = moment.containers
  for _, box in ipairs(view.boxes) do count = count - (box.object.atom and 0 or 1) end
  return math.max(count, 0)
end

-- ------------------------------------------------------------------------------- all --

local text = { MOST = MOST, table = table_text }

-- The moment as text that ends in a newline.  Options: `from`, births: only what can be
-- reached from them; `objects`, the most that are drawn (30), a table of 60 rows beyond; `width` (80);
-- `ascii`; `tables` makes the table (tables.objects).
function text.draw(moment, options)
  options = options or {}
  local view = graph.of(moment, { from = options.from, rows = 10 })
  local drawn
  if #view.boxes <= (options.objects or MOST) then
    local from = {}
    for _, birth in ipairs(options.from or {}) do
      local key = graph.key(birth)
      if view.by_key[key] then from[#from + 1] = key end
    end
    drawn = render(view, in_order(view, from), options.width or COLUMNS, options.ascii and ASCII or UNICODE)
  end
  if #view.boxes == 0 then drawn = "no objects\n" end
  if not drawn then
    drawn = table_text(compact(options.tables(moment, options)), ROWS, options.width, beyond(moment, view))
  end
  local hidden = graph.hidden_text(view)
  return hidden and drawn .. hidden .. "\n" or drawn
end

return text
