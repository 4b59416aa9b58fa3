-- The tables that say in words what the pictures show: { header = { … }, rows = { { … } } },
-- every cell a clean text.

local cycles_in = require "refchain.picture.cycles"
local graph = require "refchain.picture.graph"
local measure = require "refchain.picture.measure"

local concat, sort = table.concat, table.sort
local find, format, sub = string.find, string.format, string.sub

local tables = {}

local REFERENCES = 8            -- named in a cell

local REACH = {
  name = "a name", temporary = "a temporary", other = "the interpreter", garbage = "nothing: garbage",
}

-- Which cycle each object is in: birth -> number.
local function cycle_numbers(moment)
  local births, following = {}, {}
  for i, object in ipairs(moment.objects) do births[i], following[object.birth] = object.birth, {} end
  for _, reference in ipairs(moment.references) do
    if reference.kind ~= "weak" and following[reference.from] and following[reference.to] then
      table.insert(following[reference.from], reference.to)
    end
  end
  local _, numbers = cycles_in(births, function(birth) return following[birth] end)
  return numbers
end

-- "list #2, int 7, 3 more"; where none is shown what they are: "190 lists, 2 ints".
local function list_of(parts, counts)
  local more = 0
  for _, count in pairs(counts) do more = more + count end
  if #parts == 0 then return graph.types_text(counts) end
  local count = #parts
  for i = #parts, REFERENCES + 1, -1 do parts[i] = nil end
  more = more + count - #parts
  if more > 0 then parts[#parts + 1] = format("%d more", more) end
  return concat(parts, ", ")
end

-- The objects of a moment.  Options: `from` as in text.draw.
function tables.objects(moment, options)
  local view = graph.of(moment, options and { from = options.from })
  local names, refers, hidden, by_birth = {}, {}, {}, {}
  for _, object in ipairs(moment.objects) do by_birth[object.birth] = object end
  local function name_of(birth, text)
    names[birth] = names[birth] or {}
    table.insert(names[birth], text)
  end
  for _, name in ipairs(moment.names) do
    local text = measure.cut(measure.clean(name.name), 40)
    name_of(name.birth, name.frame > 0 and format("%s (frame %d)", text, name.frame) or text)
  end
  for _, birth in ipairs(moment.temporaries) do name_of(birth, "a temporary") end
  for _, reference in ipairs(moment.references) do
    local target = by_birth[reference.to]
    if target then
      refers[reference.from] = refers[reference.from] or {}
      local text = target.atom and measure.cut(measure.clean(target.text), 20) or graph.title(target)
      table.insert(refers[reference.from], reference.kind == "weak" and text .. " (weakly)" or text)
    end
  end
  for _, some in ipairs(moment.hidden) do
    if some.from then
      local counts = hidden[some.from] or {}
      counts[some.type], hidden[some.from] = (counts[some.type] or 0) + some.count, counts
    end
  end

  local shown
  if options and options.from then
    shown = {}
    for _, box in ipairs(view.boxes) do shown[box.birth] = true end
  end
  local numbers, rows = cycle_numbers(moment), {}
  for _, object in ipairs(moment.objects) do
    local birth = object.birth
    if not shown or shown[birth] then
      rows[#rows + 1] = {
        graph.title(object), measure.cut(measure.clean(object.text), 60), graph.count(object),
        graph.generation(object), list_of(names[birth] or {}, {}), list_of(refers[birth] or {}, hidden[birth] or {}),
        numbers[birth] and format("cycle %d", numbers[birth]) or "", REACH[object.reach] or "",
      }
    end
  end
  return {
    title = "Names and objects",
    header = { "object", "value", "count", "generation", "names", "refers to", "cycle", "reached from" }, rows = rows,
  }
end

-- The refchain, newest first.
function tables.refchain(moment)
  local by_birth, rows = {}, {}
  for _, object in ipairs(moment.objects) do by_birth[object.birth] = object end
  for place, birth in ipairs(moment.refchain) do
    local object = by_birth[birth]
    rows[place] = object
      and { format("%d", place), graph.title(object), measure.cut(measure.clean(object.text), 60), graph.count(object) }
      or { format("%d", place), graph.short_title(moment, place), "", "" }
  end
  if moment.live > #moment.refchain then
    rows[#rows + 1] = { "…", format("%d older", moment.live - #moment.refchain), "", "" }
  end
  return { title = "The refchain", header = { "place", "object", "value", "count" }, rows = rows }
end

-- "generation 0", "permanent".
function tables.generation_name(generation)
  return type(generation) == "number" and format("generation %d", generation) or tostring(generation)
end

function tables.generations(moment)
  local rows = {}
  for i, row in ipairs(moment.generations) do
    rows[i] = {
      tables.generation_name(row.generation), format("%d", row.size), row.count and format("%d", row.count) or "",
      row.threshold and format("%d", row.threshold) or "",
    }
  end
  return { title = "The generations", header = { "generation", "objects", "count", "threshold" }, rows = rows }
end

local CACHE_NAMES = {
  small_ints = "small-int pool", characters = "character cache", interned = "intern table",
  int_free = "free list of ints", float_free = "free list of floats", list_free = "free list of lists",
  dict_free = "free list of dicts", set_free = "free list of sets",
}
local CACHE_ORDER = {}
for i, name in ipairs { "small_ints", "characters", "interned", "int_free", "float_free", "list_free", "dict_free",
                        "set_free" } do
  CACHE_ORDER[name] = i
end

-- The caches in the order of a picture: { name =, title =, size =, capacity =, hits =,
-- misses = }; one that grows as it likes has no capacity.
function tables.cache_rows(moment)
  local rows = {}
  for name, cache in pairs(moment.caches) do
    local length = find(name, "^tuple_free_%d+$") and math.tointeger(tonumber(sub(name, 12)))
    rows[#rows + 1] = {
      name = name, place = length and 100 + length or CACHE_ORDER[name] or 99, size = cache.size,
      capacity = cache.capacity, hits = cache.hits, misses = cache.misses, length = length,
      title = length and format("free list of tuples of %d", length) or CACHE_NAMES[name] or measure.clean(name),
    }
  end
  sort(rows, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    return a.name < b.name
  end)
  return rows
end

function tables.caches(moment)
  local rows = {}
  for i, cache in ipairs(tables.cache_rows(moment)) do
    rows[i] = {
      cache.title, format("%d", cache.size), cache.capacity and format("%d", cache.capacity) or "",
      format("%d", cache.hits), format("%d", cache.misses),
    }
  end
  return { title = "The caches", header = { "cache", "holds", "room for", "hits", "misses" }, rows = rows }
end

return tables
