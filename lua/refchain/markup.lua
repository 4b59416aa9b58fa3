-- Elements of SVG and HTML, as values: what is text is escaped, since only elements are
-- taken as markup.
--
--   element(name, attributes, children)   an element; tostring gives its text
--   fragment(children)                    several of them, side by side, without one around
--   trusted(text)                         text that is markup already, made by this module
--   text(text)                            the same text as markup shows it, escaped
--
-- Attributes are a table by name, written in order of name; `false` leaves one out, `true`
-- gives one without a value's meaning (name="name").  Children are an element, a text, a
-- number, or a sequence of these; what is nil or false is left out.
--
-- Characters that no XML document may hold, and bytes that are no UTF-8, are shown as
-- \x07 or \u{FFFE}: the result is well formed whatever a script has put into a string.

local concat, sort = table.concat, table.sort
local byte, find, format, gsub, match, sub = string.byte, string.find, string.format, string.gsub, string.match,
  string.sub

local markup = {}

-- Elements that HTML knows without an end, and those of SVG that have nothing inside.
local EMPTY = {}
for name in string.gmatch("meta link br hr img input col base path rect circle ellipse line polygon polyline use stop",
                          "%a+") do
  EMPTY[name] = true
end
-- What HTML reads as raw text: it cannot be escaped, only refused.
local RAW = { script = true, style = true }

local NAME = "^[%a_][%w_.:-]*$"
local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function visible_byte(character) return format("\\x%02X", byte(character)) end

-- `text` with each byte that is no part of UTF-8 (surrogates are none) made visible.
local function whole_utf8(text)
  if utf8.len(text) then return text end
  local pieces, at = {}, 1
  while true do
    local length, wrong = utf8.len(text, at)
    if length then break end
    pieces[#pieces + 1] = sub(text, at, wrong - 1)
    pieces[#pieces + 1] = visible_byte(sub(text, wrong, wrong))
    at = wrong + 1
  end
  pieces[#pieces + 1] = sub(text, at)
  return concat(pieces)
end

-- Text without what no document may hold, the control characters of C1 among it.
local function printable(text)
  text = gsub(whole_utf8(text), "[\0-\8\11\12\14-\31\127]", visible_byte)
  text = gsub(text, "\xC2([\x80-\x9F])", function(last) return format("\\x%02X", byte(last)) end)
  return (gsub(text, "\xEF\xBF([\xBE\xBF])", function(last) return format("\\u{FFF%s}",
                                                                     last == "\xBE" and "E" or "F") end))
end
markup.printable = printable

function markup.text(text)
  if not find(text, "[&<>\"'\0-\31\127-\255]") then return tostring(text) end
  return (gsub(printable(tostring(text)), "[&<>\"']", ENTITIES))
end

local element = {}
element.__index = element
element.__name = "markup"

local function is_element(value) return getmetatable(value) == element end
markup.is_element = is_element

local function number_text(number)
  if math.type(number) == "integer" then return format("%d", number) end
  if number ~= number or number == math.huge or number == -math.huge then error("markup: not a finite number", 0) end
  local text = format("%.1f", number)
  if sub(text, -2) == ".0" then text = sub(text, 1, -3) end
  return text == "-0" and "0" or text
end
markup.number = number_text

local function add(parts, value)
  if value == nil or value == false then return end
  local kind = type(value)
  if is_element(value) then
    value:write(parts)
  elseif kind == "string" then
    parts[#parts + 1] = markup.text(value)
  elseif kind == "number" then
    parts[#parts + 1] = number_text(value)
  elseif kind == "table" then
    for i = 1, value.n or #value do add(parts, value[i]) end
  else
    error("markup: a " .. kind .. " is no child of an element", 0)
  end
end

local checked = {}              -- names that are names

local function check_name(name)
  if checked[name] then return name end
  if type(name) ~= "string" or not find(name, NAME) then
    error(format("markup: %q is no name", tostring(name)), 0)
  end
  checked[name] = true
  return name
end

local function write_attributes(parts, attributes)
  local names = {}
  for name in pairs(attributes) do names[#names + 1] = check_name(name) end
  sort(names)
  for _, name in ipairs(names) do
    local value = attributes[name]
    if value == true then value = name end
    if type(value) == "number" then value = number_text(value) end
    if value then parts[#parts + 1] = format(" %s=\"%s\"", name, markup.text(value)) end
  end
end

-- A text that would end the raw element is refused; so is one that XML would read otherwise.
local function raw_text(name, children)
  local parts = {}
  local several = type(children) == "table" and not is_element(children)
  for _, child in ipairs(several and children or { children }) do
    if type(child) ~= "string" then error("markup: " .. name .. " holds text only", 0) end
    parts[#parts + 1] = child
  end
  local text = concat(parts)
  if find(text, "</", 1, true) or find(text, "<!--", 1, true) or name == "style" and find(text, "[<&]") then
    error("markup: text of " .. name .. " that would end it or be read otherwise", 0)
  end
  return text
end

function element:write(parts)
  if self.markup then
    parts[#parts + 1] = self.markup
    return
  elseif not self.name then
    add(parts, self.children)
    return
  end
  parts[#parts + 1] = "<" .. self.name
  write_attributes(parts, self.attributes)
  if EMPTY[self.name] then
    parts[#parts + 1] = "/>"
    return
  end
  parts[#parts + 1] = ">"
  if RAW[self.name] then
    parts[#parts + 1] = raw_text(self.name, self.children)
  else
    add(parts, self.children)
  end
  parts[#parts + 1] = "</" .. self.name .. ">"
end

function element:__tostring()
  local parts = {}
  self:write(parts)
  return concat(parts)
end

function markup.element(name, attributes, children)
  return setmetatable({ name = check_name(name), attributes = attributes or {}, children = children }, element)
end

function markup.fragment(children)
  return setmetatable({ children = children }, element)
end

-- For text that a function of ours has made with tostring; never for a script's.
function markup.trusted(text)
  if type(text) ~= "string" or not match(text, "^%s*<") then error("markup: this is no markup", 0) end
  return setmetatable({ markup = text }, element)
end

return markup
