-- What a picture of objects shows, before it is known where: boxes with rows, labels of
-- names, and arrows between them.
--
-- An atom that no name holds, and that refers to nothing, stands as text in the rows of
-- those that refer to it; every other object has a box.  A box has a key: its object's birth as text, or that of the
-- group in which it is folded (fold.lua).
--
--   names   { { key =, text = "v1", to = key }, … }      temporaries last
--   boxes   { { key =, birth =, object =, title = "list #12", facts = "refcnt 2, gen 0",
--               garbage =, cycle = number of its cycle, rows = { row, … },
--               folded = how many objects it stands for }, … }
--   row     { label = "[0]", text = "11" of an atom, count = its reference count,
--             to = { key, … }, hint = what the one box there is called, weak =,
--             more = how many references it stands for }
--   arrows  { { from = key, row = its number, to = key, weak =, cycle = true inside of one } }
--   cycles  { { key, … }, … }

local find_cycles = require "refchain.picture.cycles"
local measure = require "refchain.picture.measure"

local concat, sort = table.concat, table.sort
local find, format = string.find, string.format

local graph = {}

local ROWS = 12                 -- of a box; what follows is one row
local TEXT = 60                 -- cells of a text

-- ----------------------------------------------------------------- names of objects --

function graph.key(birth) return format("%d", birth) end

-- "list #12"; what start-up made has no number.
function graph.title(object)
  local kind = measure.cut(measure.clean(object.type), 40)
  return object.birth > 0 and format("%s #%d", kind, object.birth) or kind
end

-- Of an object in the refchain that is not shown.
function graph.short_title(moment, place)
  local kind = moment.refchain_types and moment.refchain_types[place]
  local number = format("#%d", moment.refchain[place])
  return kind and measure.cut(measure.clean(kind), 40) .. " " .. number or number
end

-- "list", or "lists" of so many; a class keeps its name.
function graph.plural(kind, count)
  return count ~= 1 and find(kind, "^%l+$") and kind .. "s" or kind
end

-- A count that says "immortal" where the release's immortal objects have one beyond counting.
function graph.count(object)
  return object.refcount >= 0x3FFFFFFF and "immortal" or format("refcnt %d", object.refcount)
end

function graph.generation(object)
  local where = object.generation
  if where == nil then return "untracked" end
  return type(where) == "number" and format("gen %d", where) or tostring(where)
end

local function name_text(name)
  local text = measure.cut(measure.clean(name.name), TEXT)
  return name.frame > 0 and format("%s (frame %d)", text, name.frame) or text
end

-- Births that a name or a temporary holds.
function graph.held(moment)
  local held = {}
  for _, name in ipairs(moment.names) do held[name.birth] = true end
  for _, birth in ipairs(moment.temporaries) do held[birth] = true end
  return held
end

-- Whether each object of a moment has a box: birth -> object.
function graph.boxed(moment)
  local held, referred, refers, boxed = graph.held(moment), {}, {}, {}
  for _, reference in ipairs(moment.references) do
    referred[reference.to], refers[reference.from] = true, true
  end
  for _, object in ipairs(moment.objects) do
    local birth = object.birth
    if not object.atom or held[birth] or refers[birth] or not referred[birth] then boxed[birth] = object end
  end
  return boxed
end

-- ------------------------------------------------------------------------------ rows --

-- "997 ints, 3 strs", the most frequent first.
function graph.types_text(counts)
  local types = {}
  for name in pairs(counts) do types[#types + 1] = name end
  sort(types, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  local parts = {}
  for i, name in ipairs(types) do
    if i > 3 then
      parts[i] = "…"
      break
    end
    local kind = measure.cut(measure.clean(name), 20)
    parts[i] = format("%d %s", counts[name], graph.plural(kind, counts[name]))
  end
  return concat(parts, ", ")
end

-- A row for a reference to `target`, which may have a box.
local function row_of(reference, target, key)
  local row = { label = measure.cut(measure.clean(reference.label), 24), weak = reference.kind == "weak" or nil }
  if key then
    row.to = { key }
  else
    row.text, row.count = measure.clean(target.text), graph.count(target)
  end
  return row
end

-- One row for those from `first` on and the hidden ones.
local function rest_row(rows, first, references, objects, hidden)
  local counts, targets, seen, more = {}, {}, {}, 0
  for i = first, #rows do
    local kind = objects[references[i].to].type
    counts[kind], more = (counts[kind] or 0) + 1, more + 1
    for _, key in ipairs(rows[i].to or {}) do
      if not seen[key] then targets[#targets + 1], seen[key] = key, true end
    end
  end
  for _, some in ipairs(hidden) do
    counts[some.type], more = (counts[some.type] or 0) + some.count, more + some.count
  end
  return { label = "…", text = format("%d more: %s", more, graph.types_text(counts)), more = more,
           to = #targets > 0 and targets or nil }
end

-- The key of an entry and its value make one row, if the key has no box.
local function join_entries(references, objects, key_of)
  local kept, rows = {}, {}
  for _, reference in ipairs(references) do
    local last = #kept
    local before = kept[last]
    local row = row_of(reference, objects[reference.to], key_of(reference.to))
    if reference.kind == "value" and before and before.kind == "key" and not rows[last].to then
      kept[last], rows[last] = reference, row
    else
      kept[last + 1], rows[last + 1] = reference, row
    end
  end
  return kept, rows
end

local function rows_of(references, hidden, objects, key_of, most)
  local kept, rows = join_entries(references, objects, key_of)
  local first = #rows > most and most or #rows + 1
  if first > #rows and #hidden == 0 then return rows end
  local rest = rest_row(rows, first, kept, objects, hidden)
  for i = #rows, first, -1 do rows[i] = nil end
  rows[#rows + 1] = rest
  return rows
end

-- ----------------------------------------------------------------------------- boxes --

local function facts_of(object)
  return graph.count(object) .. ", " .. graph.generation(object)
end

local function object_box(object, references, hidden, objects, key_of, most)
  local box = {
    key = graph.key(object.birth), birth = object.birth, object = object, title = graph.title(object),
    facts = facts_of(object), garbage = object.reach == "garbage",
  }
  if object.atom and #references == 0 then
    box.rows = { { label = "", text = measure.cut(measure.clean(object.text), TEXT) } }
  else
    box.rows = rows_of(references, hidden, objects, key_of, most)
  end
  return box
end

-- The objects of `members` in one box.
local function group_box(key, group, members, references_of, key_of)
  local targets, seen, garbage = {}, { [key] = true }, 0
  for _, object in ipairs(members) do
    if object.reach == "garbage" then garbage = garbage + 1 end
    for _, reference in ipairs(references_of[object.birth] or {}) do
      local other = key_of(reference.to)
      if other and not seen[other] then targets[#targets + 1], seen[other] = other, true end
    end
  end
  local first, last = graph.title(members[1]), graph.title(members[#members])
  local box = {
    key = key, birth = members[1].birth, object = members[1], folded = #members,
    title = format("%d %s", #members, group.text), facts = group.kind == "cycle" and "one cycle" or "folded",
    garbage = garbage == #members,
    rows = { { label = "", text = #members > 1 and first .. " … " .. last or first } },
  }
  if garbage > 0 and garbage < #members then
    box.rows[2] = { label = "", text = format("%d of them garbage", garbage) }
  end
  if #targets > 0 then box.rows[#box.rows + 1] = { label = "refers to", to = targets } end
  return box
end

-- Only what can be reached from `from`, a sequence of births: as a set.
local function reachable(moment, from)
  local following, found, waiting = {}, {}, {}
  for _, reference in ipairs(moment.references) do
    following[reference.from] = following[reference.from] or {}
    table.insert(following[reference.from], reference.to)
  end
  for _, birth in ipairs(from) do waiting[#waiting + 1] = birth end
  while #waiting > 0 do
    local birth = waiting[#waiting]
    waiting[#waiting] = nil
    if not found[birth] then
      found[birth] = true
      for _, other in ipairs(following[birth] or {}) do waiting[#waiting + 1] = other end
    end
  end
  return found
end

local function add_names(moment, view, key_of)
  local function add(key, text, birth)
    local to = key_of(birth)
    if to then view.names[#view.names + 1] = { key = key, text = text, to = to } end
  end
  for _, name in ipairs(moment.names) do
    add(format("name %d %s", name.frame, name.name), name_text(name), name.birth)
  end
  for _, birth in ipairs(moment.temporaries) do add(format("temporary %d", birth), "temporary", birth) end
end

local function add_arrows(view)
  local following = {}
  for _, box in ipairs(view.boxes) do
    for _, row in ipairs(box.rows) do
      if row.to and #row.to == 1 and not row.text then row.hint = view.by_key[row.to[1]].title end
    end
  end
  for _, box in ipairs(view.boxes) do
    following[box.key] = {}
    for number, row in ipairs(box.rows) do
      for _, key in ipairs(row.to or {}) do
        view.arrows[#view.arrows + 1] = { from = box.key, row = number, to = key, weak = row.weak }
        if not row.weak then table.insert(following[box.key], key) end
      end
    end
  end
  local keys = {}
  for i, box in ipairs(view.boxes) do keys[i] = box.key end
  local cycle_of
  view.cycles, cycle_of = find_cycles(keys, function(key) return following[key] end)
  for _, box in ipairs(view.boxes) do box.cycle = cycle_of[box.key] end
  for _, arrow in ipairs(view.arrows) do
    arrow.cycle = not arrow.weak and cycle_of[arrow.from] ~= nil and cycle_of[arrow.from] == cycle_of[arrow.to] or nil
  end
end

-- The view of a moment.  Options: `from`, births: only what can be reached from them;
-- `folding`, from fold.plan; `rows`, of a box.
function graph.of(moment, options)
  options = options or {}
  local folding = options.folding
  local wanted = options.from and reachable(moment, options.from)
  local boxed, objects = graph.boxed(moment), {}
  local references_of, hidden_of, members_of = {}, {}, {}
  local view = { names = {}, boxes = {}, by_key = {}, arrows = {}, cycles = {}, hidden = {} }

  local function key_of(birth)
    if not boxed[birth] or wanted and not wanted[birth] then return nil end
    return folding and folding.key_of[birth] or graph.key(birth)
  end

  for _, object in ipairs(moment.objects) do objects[object.birth] = object end
  for _, reference in ipairs(moment.references) do
    if objects[reference.from] and objects[reference.to] then
      references_of[reference.from] = references_of[reference.from] or {}
      table.insert(references_of[reference.from], reference)
    end
  end
  for _, some in ipairs(moment.hidden) do
    if some.from then
      hidden_of[some.from] = hidden_of[some.from] or {}
      table.insert(hidden_of[some.from], some)
    elseif not wanted then
      table.insert(view.hidden, some)
    end
  end

  for _, object in ipairs(moment.objects) do
    local key = key_of(object.birth)
    local group = key and folding and folding.groups[key]
    if group and members_of[key] then
      table.insert(members_of[key], object)
    elseif group then
      members_of[key] = { object }
      view.boxes[#view.boxes + 1] = key
    elseif key then
      view.boxes[#view.boxes + 1] = object_box(object, references_of[object.birth] or {},
        hidden_of[object.birth] or {}, objects, key_of, options.rows or ROWS)
    end
  end
  for i, box in ipairs(view.boxes) do
    if type(box) == "string" then
      box = group_box(box, folding.groups[box], members_of[box], references_of, key_of)
      view.boxes[i] = box
    end
    view.by_key[box.key] = box
  end
  add_names(moment, view, key_of)
  add_arrows(view)
  return view
end

-- What no box shows, as a text; nil if nothing is hidden.
function graph.hidden_text(view)
  local counts, garbage = {}, 0
  for _, some in ipairs(view.hidden) do
    counts[some.type] = (counts[some.type] or 0) + some.count
    if some.garbage then garbage = garbage + some.count end
  end
  if next(counts) == nil then return nil end
  return format("not shown: %s%s", graph.types_text(counts), garbage > 0 and format(" (%d garbage)", garbage) or "")
end

return graph
