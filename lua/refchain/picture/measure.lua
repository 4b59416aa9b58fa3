-- How wide text is in cells of a monospaced font, and text cut to a width.  Nothing here
-- depends on a font: what is doubtful counts as wide.

local markup = require "refchain.markup"

local concat = table.concat
local find, gsub, rep = string.find, string.gsub, string.rep

local measure = {}

-- First and last of the characters that take no cell, and of those that take two.
local NONE = {
  { 0x300, 0x36F }, { 0x483, 0x489 }, { 0x591, 0x5BD }, { 0x610, 0x61A }, { 0x64B, 0x65F }, { 0x200B, 0x200F },
  { 0x202A, 0x202E }, { 0x2060, 0x2064 }, { 0x20D0, 0x20F0 }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
  { 0xFEFF, 0xFEFF }, { 0xE0100, 0xE01EF },
}
local WIDE = {
  { 0x1100, 0x115F }, { 0x231A, 0x231B }, { 0x23E9, 0x23F3 }, { 0x2600, 0x27BF }, { 0x2B1B, 0x2B1C },
  { 0x2B50, 0x2B55 }, { 0x2E80, 0xA4CF }, { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },
  { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F000, 0x1FAFF }, { 0x20000, 0x3FFFD },
}

local function within(ranges, code)
  for _, range in ipairs(ranges) do
    if code < range[1] then return false end
    if code <= range[2] then return true end
  end
  return false
end

local function cells(code)
  if code < 0x300 then return 1 end
  if within(NONE, code) then return 0 end
  return within(WIDE, code) and 2 or 1
end

-- What can be shown on one line: no control character, no byte that is no UTF-8, and
-- nothing that turns the direction of what follows.
function measure.clean(text)
  if not find(text, "[^ -~]") then return text end
  text = gsub(text, "[\n\r\t]", { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" })
  text = markup.printable(text)
  return (gsub(text, utf8.charpattern, function(character)
    local code = #character == 3 and utf8.codepoint(character) or 0
    if code >= 0x202A and code <= 0x202E or code >= 0x2066 and code <= 0x2069 or code >= 0x2028 and code <= 0x2029 then
      return string.format("\\u{%X}", code)
    end
  end))
end

-- The cells that a clean text takes.
function measure.width(text)
  if not find(text, "[\128-\255]") then return #text end
  local total = 0
  for _, code in utf8.codes(text) do total = total + cells(code) end
  return total
end

-- A clean text of at most `most` cells: its beginning and "…" where it is longer.
function measure.cut(text, most)
  if measure.width(text) <= most then return text end
  local kept, room = {}, most - 1
  for _, code in utf8.codes(text) do
    room = room - cells(code)
    if room < 0 then break end
    kept[#kept + 1] = utf8.char(code)
  end
  return concat(kept) .. "…"
end

-- A clean text with spaces after it, or before it, to fill `wanted` cells.
function measure.pad(text, wanted, before)
  local space = rep(" ", wanted - measure.width(text))
  return before and space .. text or text .. space
end

return measure
