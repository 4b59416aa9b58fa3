-- All pictures of a moment on one page, below each other.

local markup = require "refchain.markup"
local shape = require "refchain.picture.shape"

local element = markup.element
local format, match = string.format, string.match

local MARGIN, HEADING, BETWEEN = 16, 34, 18

-- `pictures`: a sequence of { title =, svg = text of a picture without a stylesheet }.
return function(pictures, style)
  local parts, y, widest, titles = {}, MARGIN, 0, {}
  for i, picture in ipairs(pictures) do
    local width = tonumber(match(picture.svg, '^<svg[^>]* width="(%d+)"'))
    local height = tonumber(match(picture.svg, '^<svg[^>]* height="(%d+)"'))
    titles[i] = picture.title
    parts[#parts + 1] = shape.text(MARGIN, y + 20, "rc-heading", picture.title)
    parts[#parts + 1] = element("g", { transform = format("translate(0 %d)", y + HEADING) },
                                markup.trusted(picture.svg))
    y = y + HEADING + height + BETWEEN
    widest = math.max(widest, width)
  end
  return shape.svg(widest, y, "The heap", table.concat(titles, ", ") .. ".", parts, style)
end
