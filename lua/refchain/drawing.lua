-- The words that draw the heap: heap.dot, heap.svg, and what `show` draws below its lines.
-- The pictures themselves (picture.lua) are loaded when the first is wanted.

local core = require "refchain.core"
local lua_words = require "refchain.lua_words"
local nearest = require "refchain.nearest"

local concat = table.concat
local format = string.format
local require_module = require          -- of the lab, whatever becomes of the scenario's

local drawing = {}

local DRAWN = 200                       -- objects that show may draw of
local PICTURED = 10000                  -- that a picture shows, most of them folded

-- The containers among the handles with all that they lead to, as boxes and arrows; "" if
-- there are none.
function drawing.of(lab, handles)
  local first = {}
  for _, handle in ipairs(handles) do
    if core.handle_info(handle).alive then first[#first + 1] = handle end
  end
  if #first == 0 then return "" end
  local moment, drawn, from = lab:moment { objects = DRAWN, first = first }, {}, {}
  for _, object in ipairs(moment.objects) do drawn[object.birth] = not object.atom end
  for _, handle in ipairs(first) do
    local birth = core.handle_info(handle).birth
    if drawn[birth] then from[#from + 1] = birth end
  end
  return #from > 0 and require_module "refchain.picture".text(moment, { from = from }) or ""
end

-- Add the words to `words.heap`; options.picture is told of each picture made: "dot" or
-- "svg", and its text.
function drawing.fill(words, lab, options)
  local function add(name, f)
    words.heap[name] = lua_words.checked(lab, "heap." .. name, f)
  end

  local function made(kind, text)
    if options.picture then options.picture(kind, text) end
    return text
  end

  add("dot", function()
    lab:let_go()
    return made("dot", require_module "refchain.picture".dot(lab:moment { objects = PICTURED }))
  end)

  add("svg", function(part)
    lab:let_go()
    local picture = require_module "refchain.picture"
    local known = part == nil
    for _, name in ipairs(picture.PARTS) do known = known or name == part end
    if not known then
      local near = nearest.of(part, picture.PARTS)
      lab:raise("ValueError", format("heap.svg draws %s; not '%s'%s", concat(picture.PARTS, ", "), part,
                                     near and "; did you mean " .. near .. "?" or ""), "heap.svg")
    end
    local run_dot = require_module "refchain.picture.graphviz"
    return made("svg", picture.svg(lab:moment { objects = PICTURED }, run_dot, part))
  end)
end

return drawing
