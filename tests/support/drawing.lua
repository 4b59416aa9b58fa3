-- SVG as a test sees it: elements, in order, with where they stand.

local drawing = {}

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'" }

local function plain(text) return (text:gsub("&([%w#]+);", ENTITIES)) end

-- The elements of a text that must be well formed: a sequence of { name =, attributes =,
-- text =, depth =, x =, y = (moved as the groups around it are) }.
function drawing.parse(svg)
  local elements, open, at = {}, {}, 1
  while true do
    local first, last, close, name, rest = svg:find("<(/?)([%w:]+)([^>]*)>", at)
    local between = svg:sub(at, (first or #svg + 1) - 1)
    assert(not between:find "[<>]" and not between:gsub("&[%w#]+;", ""):find "&", "not escaped: " .. between)
    if #open > 0 then open[#open].text = open[#open].text .. plain(between) else assert(not between:find "%S") end
    if not first then break end
    if close == "/" then
      assert(#open > 0 and open[#open].name == name, "ends what has not begun: " .. name)
      open[#open] = nil
    else
      local parent = open[#open] or { x = 0, y = 0 }
      local element = { name = name, attributes = {}, text = "", depth = #open, x = parent.x, y = parent.y }
      local left = rest:gsub("/$", ""):gsub('%s+([%w:-]+)="([^"<]*)"', function(key, value)
        assert(not element.attributes[key], key .. " twice")
        element.attributes[key] = plain(value)
        return ""
      end)
      assert(not left:find "%S", "no attributes: " .. left)
      local dx, dy = (element.attributes.transform or ""):match "^translate%((%S+) (%S+)%)$"
      if dx then element.x, element.y = element.x + tonumber(dx), element.y + tonumber(dy) end
      elements[#elements + 1] = element
      if not rest:find "/$" then open[#open + 1] = element end
    end
    at = last + 1
  end
  assert(#open == 0, "not closed")
  return elements
end

function drawing.rectangle(element)
  local a = element.attributes
  local x, y = tonumber(a.x) + element.x, tonumber(a.y) + element.y
  return { x1 = x, y1 = y, x2 = x + tonumber(a.width), y2 = y + tonumber(a.height), class = a.class }
end

-- All rectangles that are boxes: not heads, racks or grounds inside of them.
function drawing.boxes(elements)
  local found = {}
  for _, element in ipairs(elements) do
    local class = element.attributes.class
    if element.name == "rect" and (class == "rc-box" or class == "rc-garbage" or class == "rc-name") then
      found[#found + 1] = drawing.rectangle(element)
    end
  end
  return found
end

function drawing.overlap(a, b) return a.x1 < b.x2 and b.x1 < a.x2 and a.y1 < b.y2 and b.y1 < a.y2 end

return drawing
