-- Pictures of a heap: pure functions of a moment (lab:moment), the same bytes for the same
-- moment.  Each picture has a table beside it that says the same in words.

local chart = require "refchain.picture.chart"
local dot = require "refchain.picture.dot"
local layout = require "refchain.picture.layout"
local objects = require "refchain.picture.objects"
local page = require "refchain.picture.page"
local racks = require "refchain.picture.racks"
local ring = require "refchain.picture.ring"
local style = require "refchain.picture.style"
local tables = require "refchain.picture.tables"
local text = require "refchain.picture.text"

local picture = { css = style.css }

-- For the terminal: text.draw says the options.
function picture.text(moment, options)
  local all = {}
  for name, value in pairs(options or {}) do all[name] = value end
  all.tables = tables.objects
  return text.draw(moment, all)
end

-- layout(moments, run_dot[, limit]) -> places for objects_svg, or nil and a reason
picture.layout = layout.places

-- Each gives SVG as text.  Options: `style`, a stylesheet (picture.css) for a picture that
-- stands alone; of objects_svg also `reason`, why there are no places.
picture.objects_svg = objects                           -- (moment, places or nil, options)
picture.refchain_svg = ring                             -- (moment, options)
picture.generations_svg = racks.generations             -- (moment, options)
picture.caches_svg = racks.caches                       -- (moment, options)
picture.chart_svg = chart.svg                           -- (series, options with `step`, `title`)
picture.series = chart.of                               -- (moments) -> series
picture.dot = dot                                       -- (moment) -> text for Graphviz

-- The parts of a page, in order, and what each is called.
picture.PARTS = { "objects", "refchain", "generations", "caches" }
local TITLES = {
  objects = "Names and objects", refchain = "The refchain, newest first", generations = "The generations",
  caches = "The caches",
}

-- One part that stands alone, or all on a page: SVG as text.
function picture.svg(moment, run_dot, part)
  local function draw(name, options)
    if name ~= "objects" then return picture[name .. "_svg"](moment, options) end
    local places, reason = layout.places({ moment }, run_dot)
    return objects(moment, places, { style = options.style, reason = reason })
  end
  if part then return draw(part, { style = style.css }) end
  local pictures = {}
  for i, name in ipairs(picture.PARTS) do pictures[i] = { title = TITLES[name], svg = draw(name, {}) } end
  return page(pictures, style.css)
end

picture.chart_table = chart.table
picture.table_text = text.table
picture.objects_table = tables.objects
picture.refchain_table = tables.refchain
picture.generations_table = tables.generations
picture.caches_table = tables.caches

return picture
