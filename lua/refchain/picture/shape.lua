-- Sizes of what pictures are made of, in pixels, and the marks that several have.  A cell
-- of text is taken as 0.62 of the font's size: wider than any usual monospaced font.

local markup = require "refchain.markup"
local measure = require "refchain.picture.measure"

local element = markup.element
local concat = table.concat
local format, gmatch = string.format, string.gmatch

local shape = {
  FONT = 13, CELL = 8.1,        -- 13 * 0.62
  ROW = 20, HEAD = 44, FOOT = 10, PADDING = 9,
  NAME = 24,
}

function shape.width(text) return measure.width(text) * shape.CELL end

function shape.text(x, y, class, text, anchor)
  return element("text", { x = x, y = y, class = class, ["text-anchor"] = anchor }, text)
end

function shape.rect(x, y, width, height, class, radius)
  return element("rect", { x = x, y = y, width = width, height = height, class = class, rx = radius })
end

function shape.line(x1, y1, x2, y2, class)
  return element("line", { x1 = x1, y1 = y1, x2 = x2, y2 = y2, class = class })
end

-- Slanted strokes across a rectangle.
function shape.hatch(x, y, width, height)
  local parts, slant = {}, height
  for at = x + 2, x + width - slant - 2, 7 do
    parts[#parts + 1] = format("M%s %sl%s %s", markup.number(at), markup.number(y + height), markup.number(slant),
                               markup.number(-height))
  end
  return element("path", { d = concat(parts), class = "rc-hatch" })
end

-- An arrow head with its tip at (x, y), coming from (from_x, from_y).
function shape.head(x, y, from_x, from_y, class)
  local dx, dy = x - from_x, y - from_y
  local length = (dx * dx + dy * dy) ^ 0.5
  if length == 0 then dx, dy, length = 1, 0, 1 end
  dx, dy = dx / length, dy / length
  local function point(along, aside)
    return markup.number(x - along * dx - aside * dy) .. "," .. markup.number(y - along * dy + aside * dx)
  end
  return element("polygon", { points = concat({ point(0, 0), point(8, 3.5), point(8, -3.5) }, " "), class = class })
end

-- A whole picture, as text.  `title` names it, `says` tells what it shows to those who do
-- not see it; with `style` it brings its stylesheet along and stands alone.
function shape.svg(width, height, title, says, children, style)
  width, height = math.ceil(width), math.ceil(height)
  return tostring(element("svg", {
    xmlns = "http://www.w3.org/2000/svg", viewBox = format("0 0 %d %d", width, height), width = width,
    height = height, class = "rc-picture", role = "img", ["aria-label"] = title .. ". " .. says,
  }, {
    element("title", nil, title), element("desc", nil, says), style and element("style", nil, style) or false,
    style and shape.rect(0, 0, width, height, "rc-paper") or false, children,
  }))
end

-- Lines of at most `most` cells; a word that is longer is cut.
local function wrap(text, most)
  local lines, line = {}, ""
  for word in gmatch(measure.clean(text), "%S+") do
    word = measure.cut(word, most)
    if line ~= "" and measure.width(line) + 1 + measure.width(word) > most then
      lines[#lines + 1], line = line, ""
    end
    line = line == "" and word or line .. " " .. word
  end
  lines[#lines + 1] = line
  return lines
end

-- A picture of a sentence, for what cannot be drawn.
function shape.notice(title, sentence, style)
  local children, widest, lines = {}, 0, wrap(sentence, 72)
  for i, line in ipairs(lines) do
    children[i] = shape.text(16, 8 + i * shape.ROW, "rc-text", line)
    widest = math.max(widest, shape.width(line))
  end
  return shape.svg(widest + 32, 24 + #lines * shape.ROW, title, measure.clean(sentence), children, style)
end

return shape
