-- The generations as rows and the caches as racks: how full each is, in figures and as a bar.

local graph = require "refchain.picture.graph"
local markup = require "refchain.markup"
local measure = require "refchain.picture.measure"
local shape = require "refchain.picture.shape"
local tables = require "refchain.picture.tables"

local element = markup.element
local format = string.format

local racks = {}

local MARGIN = 16
local CELLS = 20                -- of a bar
local STEP, SIDE = 13, 11

-- `filled` of CELLS cells of a bar.
local function bar(x, y, filled)
  local cells = {}
  for i = 1, CELLS do
    cells[i] = shape.rect(x + (i - 1) * STEP, y, SIDE, SIDE, i <= filled and "rc-full" or "rc-empty", 2)
  end
  return element("g", { class = "rc-rack" }, cells)
end

-- How many cells stand for `size` of `room`: none only for nothing, all only for all.
local function cells_for(size, room)
  if room <= 0 then return 0 end
  if size >= room then return CELLS end
  if size <= 0 then return 0 end
  return math.min(math.max(math.floor(size * CELLS / room + 0.5), 1), CELLS - 1)
end

-- ------------------------------------------------------------------------ generations --

local NUMBERS = 10              -- objects of a row that are named,
local MEMBERS = 52              -- in so many cells
local ROW, LOW_ROW = 92, 48     -- with a bar, and without

local function members_of(moment, generation)
  local births, seen = {}, {}
  for _, object in ipairs(moment.objects) do
    if object.generation == generation and not seen[object.birth] then
      births[#births + 1], seen[object.birth] = object, true
    end
  end
  return births
end

-- "list #12, dict #13 (garbage) and 95 more"; objects of start-up have no number.
local function members_text(moment, row)
  local text, named = "", 0
  for _, object in ipairs(members_of(moment, row.generation)) do
    if object.birth > 0 then
      local one = graph.title(object) .. (object.reach == "garbage" and " (garbage)" or "")
      local longer = named == 0 and one or text .. ", " .. one
      if named == NUMBERS or measure.width(longer) > MEMBERS then break end
      text, named = longer, named + 1
    end
  end
  local more = row.size - named
  if more <= 0 then return text end
  return named == 0 and format("%d without a number here", more) or format("%s and %d more", text, more)
end

local function count_text(row)
  if not row.threshold then return "never collected" end
  if row.threshold == 0 then return format("count %d, threshold 0: off", row.count) end
  return format("count %d of threshold %d", row.count, row.threshold)
end

function racks.generations(moment, options)
  local parts, y, words = {}, MARGIN, {}
  local width = 640
  for _, row in ipairs(moment.generations) do
    local name = tables.generation_name(row.generation)
    local objects = row.size == 1 and "1 object" or format("%d objects", row.size)
    local members = members_text(moment, row)
    local high = (row.threshold or members ~= "") and ROW or LOW_ROW
    words[#words + 1] = format("%s: %s, %s", name, objects, count_text(row))
    parts[#parts + 1] = element("g", { class = "rc-generation" }, {
      shape.rect(MARGIN, y, width - 2 * MARGIN, high - 14, "rc-box", 6),
      shape.text(MARGIN + 14, y + 22, "rc-strong", name), shape.text(MARGIN + 150, y + 22, "rc-text", objects),
      shape.text(width - MARGIN - 14, y + 22, "rc-text", count_text(row), "end"),
      row.threshold and bar(width - MARGIN - 14 - CELLS * STEP + 2, y + 32, cells_for(row.count, row.threshold))
        or false,
      members ~= "" and shape.text(MARGIN + 14, y + 66, "rc-soft", measure.cut(members, 70)) or false,
    })
    y = y + high
  end
  return shape.svg(width, y - 14 + MARGIN, "The generations", table.concat(words, "; ") .. ".", parts,
                   options and options.style)
end

-- ----------------------------------------------------------------------------- caches --

local ROOM = { small_ints = "one object for each value", characters = "one object for each character" }

-- Free lists of tuples that were never of use are left out, and counted.
local function shown_caches(moment)
  local rows, left_out = {}, 0
  for _, cache in ipairs(tables.cache_rows(moment)) do
    if cache.length and cache.size == 0 and cache.hits == 0 then
      left_out = left_out + 1
    else
      rows[#rows + 1] = cache
    end
  end
  return rows, left_out
end

function racks.caches(moment, options)
  local rows, left_out = shown_caches(moment)
  local parts, y, words = {}, MARGIN, {}
  local width, high = 640, 44
  for _, cache in ipairs(rows) do
    local filling = cache.capacity and format("%d of %d", cache.size, cache.capacity) or format("%d", cache.size)
    words[#words + 1] = cache.title .. " " .. filling
    parts[#parts + 1] = element("g", { class = "rc-cache" }, {
      shape.text(MARGIN, y + 17, "rc-strong", measure.cut(cache.title, 26)),
      shape.text(MARGIN, y + 35, "rc-soft", format("hits %d, misses %d", cache.hits, cache.misses)),
      cache.capacity and bar(MARGIN + 220, y + 14, cells_for(cache.size, cache.capacity))
        or shape.text(MARGIN + 220, y + 24, "rc-soft", ROOM[cache.name] or "grows as it needs"),
      shape.text(width - MARGIN, y + 24, "rc-text", filling, "end"),
      shape.line(MARGIN, y + high + 2, width - MARGIN, y + high + 2, "rc-rule"),
    })
    y = y + high + 8
  end
  if left_out > 0 then
    local note = format("free lists of tuples, %s: empty",
                        left_out == 1 and "one more length" or left_out .. " more lengths")
    parts[#parts + 1] = shape.text(MARGIN, y + 17, "rc-soft", note)
    words[#words + 1] = note
    y = y + 28
  end
  if #words == 0 then return shape.notice("The caches", "No caches.", options and options.style) end
  return shape.svg(width, y + MARGIN - 8, "The caches", table.concat(words, "; ") .. ".", parts,
                   options and options.style)
end

return racks
