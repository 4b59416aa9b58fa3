-- Where objects and names stand, and how arrows go: one layout for all moments of a run, so
-- that nothing moves from one step to the next.  Graphviz's `dot` finds it: `run_dot` is a
-- function that takes its input and gives what `dot -Tplain` says, or nil, a reason, and
-- "timeout" if it took too long.

local find_cycles = require "refchain.picture.cycles"
local fold = require "refchain.picture.fold"
local graph = require "refchain.picture.graph"
local measure = require "refchain.picture.measure"
local shape = require "refchain.picture.shape"

local concat, sort = table.concat, table.sort
local find, format, gmatch, match = string.find, string.format, string.gmatch, string.match

local layout = {}

local MOST = 150                -- boxes that dot lays out for a run
local MOST_OF_ONE = 40          -- for a single moment: what can be taken in
local ARROWS = 200              -- that it routes, and what it is asked for when that takes too long
local FEW_ARROWS = 120
local INCH = 72
local MARGIN = 16
local FRAME = 20                -- around the members of a cycle
local CAPTION = 22              -- above them
local LEAST, WIDEST = 22, 44    -- cells inside a box

layout.FRAME, layout.CAPTION = FRAME, CAPTION

-- ------------------------------------------------------------------------------ sizes --

-- The cells that a row's text may have, and those of what stands at its right.
local function row_cells(row)
  local left = row.label ~= "" and measure.width(row.label) + 1 or 0
  local right = row.count and measure.width(row.count) + 2 or row.to and 2 or 0
  return left + measure.width(row.text or row.hint or ""), right
end

-- A box's two lines of facts: what stands on the left and on the right of each.
function layout.head(box)
  if box.folded then return box.title, "", box.facts, box.garbage and "garbage" or "" end
  return box.title, graph.count(box.object), graph.generation(box.object), box.garbage and "garbage" or ""
end

-- Width and height of a box.
function layout.size(box)
  local title, count, where, state = layout.head(box)
  local cells = math.max(LEAST, measure.width(title) + 2 + measure.width(count),
                         measure.width(where) + 2 + measure.width(state))
  for _, row in ipairs(box.rows) do
    local left, right = row_cells(row)
    cells = math.max(cells, left + right)
  end
  return math.min(cells, WIDEST) * shape.CELL + 2 * shape.PADDING,
         shape.HEAD + #box.rows * shape.ROW + shape.FOOT
end

function layout.name_width(name) return shape.width(measure.cut(name.text, 28)) + 20 end

function layout.arrow_key(arrow) return format("%s:%d:%s", arrow.from, arrow.row, arrow.to) end

-- ------------------------------------------------------------------------------ union --

-- All boxes, names and arrows of the moments; each as large as it ever is.
local function union_of(moments, folding)
  local union = { boxes = {}, names = {}, arrows = {} }
  local boxes, names, arrows = {}, {}, {}

  local function add_box(box)
    local own = boxes[box.key]
    if not own then
      own = { key = box.key, birth = box.birth, width = 0, height = 0, rows = 0, following = {} }
      boxes[box.key], union.boxes[#union.boxes + 1] = own, own
    end
    local width, height = layout.size(box)
    own.width, own.height = math.max(own.width, width), math.max(own.height, height)
    own.rows = math.max(own.rows, #box.rows)
  end

  local function add_name(name)
    local own = names[name.key]
    if not own then
      own = { key = name.key, width = layout.name_width(name), to = {}, leads = {} }
      names[name.key], union.names[#union.names + 1] = own, own
    end
    if not own.leads[name.to] then
      own.leads[name.to] = true
      own.to[#own.to + 1] = name.to
    end
  end

  for _, moment in ipairs(moments) do
    local view = graph.of(moment, { folding = folding })
    for _, box in ipairs(view.boxes) do add_box(box) end
    for _, name in ipairs(view.names) do add_name(name) end
    for _, arrow in ipairs(view.arrows) do
      local key = layout.arrow_key(arrow)
      if arrows[key] then
        arrows[key].seen = arrows[key].seen + 1
      else
        local own = { key = key, from = arrow.from, row = arrow.row, to = arrow.to, weak = arrow.weak, seen = 1 }
        arrows[key], union.arrows[#union.arrows + 1] = own, own
        if not arrow.weak then table.insert(boxes[arrow.from].following, arrow.to) end
      end
    end
  end
  sort(union.boxes, function(a, b)
    if a.birth ~= b.birth then return a.birth < b.birth end
    return a.key < b.key
  end)
  sort(union.names, function(a, b) return a.key < b.key end)
  sort(union.arrows, function(a, b)
    if a.from ~= b.from then return boxes[a.from].birth < boxes[b.from].birth end
    if a.row ~= b.row then return a.row < b.row end
    return a.to < b.to
  end)
  union.by_key = boxes
  return union
end

-- At most `most` arrows for dot: the first to each box, then those seen most often.  The
-- others are drawn as they are, below the boxes.
local function choose_arrows(union, most)
  if #union.arrows <= most then return union.arrows end
  local wanted, reached, left = {}, {}, {}
  for _, arrow in ipairs(union.arrows) do
    if not arrow.weak and arrow.from ~= arrow.to and not reached[arrow.to] and #wanted < most then
      wanted[#wanted + 1], reached[arrow.to] = arrow, true
    else
      left[#left + 1] = arrow
      arrow.place = #left
    end
  end
  sort(left, function(a, b)
    if a.seen ~= b.seen then return a.seen > b.seen end
    return a.place < b.place
  end)
  return table.move(left, 1, most - #wanted, #wanted + 1, wanted)
end

-- ------------------------------------------------------------------------ dot's input --

local function cell(port, width, height)
  return format('<tr><td port="%s" fixedsize="true" width="%d" height="%d"></td></tr>', port, math.ceil(width),
                math.ceil(height))
end

local function node_text(id, box)
  local rows = { cell("h", box.width, shape.HEAD) }
  for row = 1, box.rows do rows[#rows + 1] = cell("r" .. row, box.width, shape.ROW) end
  local left = box.height - shape.HEAD - box.rows * shape.ROW
  rows[#rows + 1] = cell("f", box.width, left)
  return format('%s [label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">%s</table>>];', id,
                concat(rows))
end

-- What dot is asked.  Nodes are b1, b2 … in the order of boxes and n1, n2 … of names; an
-- edge is told by its colour, its number.
local function input_of(union, most)
  local ids, keys, lines = {}, {}, {
    "digraph {",
    "graph [rankdir=LR nodesep=0.3 ranksep=0.7 splines=true];",
    'node [shape=plain fontname="Courier"];',
    "edge [arrowsize=0.8];",
  }
  for i, box in ipairs(union.boxes) do
    ids[box.key], keys[i] = "b" .. i, box.key
  end
  local groups, cycle_of = find_cycles(keys, function(key) return union.by_key[key].following end)
  for number, members in ipairs(groups) do
    lines[#lines + 1] = format("subgraph cluster_%d { margin=%d; label=<<table border=\"0\"><tr><td fixedsize=\"true\""
                               .. " width=\"100\" height=\"%d\"></td></tr></table>>;", number, FRAME, CAPTION - 8)
    for _, key in ipairs(members) do lines[#lines + 1] = node_text(ids[key], union.by_key[key]) end
    lines[#lines + 1] = "}"
  end
  for _, box in ipairs(union.boxes) do
    if not cycle_of[box.key] then lines[#lines + 1] = node_text(ids[box.key], box) end
  end
  if #union.names > 0 then
    lines[#lines + 1] = "{ rank=source;"
    for i, name in ipairs(union.names) do
      lines[#lines + 1] = format('n%d [shape=box fixedsize=true label="" width=%.4f height=%.4f];', i,
                                 name.width / INCH, shape.NAME / INCH)
    end
    lines[#lines + 1] = "}"
  end
  local edges = {}
  local function add_edge(edge, from, more)
    edges[#edges + 1] = edge
    lines[#lines + 1] = format('%s -> %s:h:w [color="#%06x"%s];', from, ids[edge.to], #edges, more or "")
  end
  for i, name in ipairs(union.names) do
    for _, to in ipairs(name.to) do
      add_edge({ key = name.key .. ">" .. to, to = to }, format("n%d:e", i), " weight=3")
    end
  end
  for _, arrow in ipairs(choose_arrows(union, most)) do   -- what leads to itself goes round its own foot
    if arrow.from ~= arrow.to then
      add_edge({ key = arrow.key, to = arrow.to }, format("%s:r%d:e", ids[arrow.from], arrow.row),
               arrow.weak and " weight=0" or "")
    end
  end
  lines[#lines + 1] = "}"
  return concat(lines, "\n") .. "\n", edges
end

-- ----------------------------------------------------------------------- dot's output --

-- The first words of a line.
local function words_of(line)
  local words = {}
  for word in gmatch(line, "%S+") do words[#words + 1] = word end
  return words
end

-- Fill `places` with what dot says; false if it does not look as it should.
local function read_plain(text, places, union, edges)
  local height = nil
  local function x_of(word) return tonumber(word) * INCH + MARGIN end
  local function y_of(word) return (height - tonumber(word)) * INCH + MARGIN end

  local function place(line)
    local id, x, y = match(line, "^node (%l%d+) (%S+) (%S+) ")
    local kind, number = match(id or "", "^(%l)(%d+)$")
    local own = kind and (kind == "b" and union.boxes or union.names)[tonumber(number)]
    if not own then return end
    local own_height = own.height or shape.NAME
    local target = kind == "b" and places.boxes or places.names
    target[own.key] = { x = x_of(x) - own.width / 2, y = y_of(y) - own_height / 2, width = own.width,
                        height = own_height }
  end

  local function route(line)
    local words = words_of(line)
    local number = match(words[#words], "^\"?#(%x+)\"?$")
    local edge, count = number and edges[tonumber(number, 16)], math.tointeger(tonumber(words[4]))
    if not edge or not count then return end
    local points = {}
    for i = 5, 3 + 2 * count, 2 do points[#points + 1] = { x_of(words[i]), y_of(words[i + 1]) } end
    places.arrows[edge.key] = points
  end

  for line in gmatch(text, "[^\n]+") do
    local width, own_height = match(line, "^graph %S+ (%S+) (%S+)")
    if width then
      height = tonumber(own_height)
      places.width, places.height = tonumber(width) * INCH + 2 * MARGIN, height * INCH + 2 * MARGIN
    elseif height and find(line, "^node ") then
      place(line)
    elseif height and find(line, "^edge ") then
      route(line)
    end
  end
  for _, box in ipairs(union.boxes) do
    if not places.boxes[box.key] then return false end
  end
  return height ~= nil
end

-- Places for all `moments`, for objects_svg; nil and a reason if dot gives none.  `limit`
-- is the most boxes that are laid out; what is more is folded.
function layout.places(moments, run_dot, limit)
  local folding = fold.plan(moments, limit or #moments == 1 and MOST_OF_ONE or MOST)
  local places = { width = 2 * MARGIN, height = 2 * MARGIN, boxes = {}, names = {}, arrows = {}, folding = folding }
  local union = union_of(moments, folding)
  if #union.boxes == 0 then return places end
  local input, edges = input_of(union, ARROWS)
  local text, reason, kind = run_dot(input)
  if kind == "timeout" then
    input, edges = input_of(union, FEW_ARROWS)
    text, reason = run_dot(input)
  end
  if not text then return nil, reason end
  if not read_plain(text, places, union, edges) then return nil, "dot has not said where the objects are" end
  return places
end

return layout
