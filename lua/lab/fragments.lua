-- Texts of markup that have most of what they hold in common: each piece is kept once, and
-- a text is a sequence of numbers of pieces, from 0.
--
-- A sequence is written as what to do to the one before it: a number from 0 on is a piece;
-- a negative one, -length, and the number after it are a run of so many pieces of the
-- sequence before, from that place on.  lua/lab/book.js puts them together again.

local fragments = {}
fragments.__index = fragments

-- Elements that begin a piece: what changes from one step to the next is one of them.
local BEGINS = {}
for name in string.gmatch("svg g path rect line polygon text title table tr td li p section details h4", "%w+") do
  BEGINS[name] = true
end

function fragments.new() return setmetatable({ pieces = {}, numbers = {}, taken = {} }, fragments) end

-- The words of a picture are pieces of their own: the same ones come in many places.
local function mark(name) return BEGINS[name] and "\0<" .. name or nil end

-- The sequence of a text, which holds no zero byte.
function fragments:take(text)
  local sequence = self.taken[text]
  if sequence then return sequence end
  sequence = {}
  for piece in text:gsub("<(%w+)", mark):gsub("<text[^>]*>", "%0\0"):gmatch "[^\0]+" do
    local number = self.numbers[piece]
    if not number then
      number = #self.pieces
      self.pieces[number + 1], self.numbers[piece] = piece, number
    end
    sequence[#sequence + 1] = number
  end
  self.taken[text] = sequence
  return sequence
end

-- The places of each number in a sequence, in order.
local function places_of(sequence)
  local places = {}
  for place, number in ipairs(sequence) do
    local there = places[number]
    if there then there[#there + 1] = place else places[number] = { place } end
  end
  return places
end

-- The place from `least` on where a number stands, or nil: runs go forward where they can.
local function place_from(places, least)
  if not places then return nil end
  for _, place in ipairs(places) do
    if place >= least then return place end
  end
  return places[1]
end

-- What makes `after` of `before`.
function fragments.difference(before, after)
  local result, places, at, next_place = {}, places_of(before), 1, 1
  while at <= #after do
    local start = place_from(places[after[at]], next_place)
    local length = 0
    while start and after[at + length] ~= nil and before[start + length] == after[at + length] do
      length = length + 1
    end
    if length > 1 then
      result[#result + 1], result[#result + 2] = -length, start - 1
      at, next_place = at + length, start + length
    else
      result[#result + 1] = after[at]
      at = at + 1
    end
  end
  return result
end

return fragments
