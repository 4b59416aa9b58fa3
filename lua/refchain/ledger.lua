-- The words ledger(x) and at(id): what the ledger of count changes has recorded, as
-- answers.

local answer = require "refchain.answer"
local lua_words = require "refchain.lua_words"
local pretty = require "refchain.pretty"

local concat = table.concat
local floor, max = math.floor, math.max
local format, gsub, rep, reverse = string.format, string.gsub, string.rep, string.reverse

local ledger = { SIZE = 4 << 20, LEAST = 64 << 10 }       -- bytes

local plain = pretty.plain

local MOST = 40                 -- rows of a text

-- 1204 as "1,204".
local function grouped(number)
  return (gsub(reverse(gsub(reverse(format("%d", number)), "%d%d%d", "%0,")), "^,", ""))
end

local function plural(number, noun)
  return format("%s %s%s", grouped(number), noun, number == 1 and "" or "s")
end

-- ------------------------------------------------------------------------ ledger(x) --

local HEADINGS = { "step", "change", "count", "holder", "reason", "where" }
local TO_THE_RIGHT = { true, true, true, false, false, false }

local function row_of(change)
  return {
    grouped(change.step), change.change == 0 and "0" or format("%+d", change.change), grouped(change.count),
    plain(change.holder), change.reason, change.place or "?",
  }
end

-- Rows of texts as lines, each column as wide as its widest.
local function aligned(rows)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for i, text in ipairs(row) do widths[i] = max(widths[i] or 0, utf8.len(text) or #text) end
  end
  for i, row in ipairs(rows) do
    local parts = {}
    for j, text in ipairs(row) do
      local space = rep(" ", widths[j] - (utf8.len(text) or #text))
      parts[j] = TO_THE_RIGHT[j] and space .. text or text .. space
    end
    lines[i] = "  " .. gsub(concat(parts, "  "), " +$", "")
  end
  return lines
end

local function heading(facts)
  local title
  if not facts.alive then title = plain(facts.death)
  elseif facts.pinned then
    title = format("%s is immortal, its count is pinned at %s", plain(facts.title), grouped(facts.count))
  else title = format("%s is %s, with count %s", plain(facts.title), facts.immortal and "immortal" or "alive",
                      grouped(facts.count))
  end
  if facts.born then title = format("%s (made at %s)", title, facts.born) end
  return format("%s: %s%s", title, plural(#facts.changes, "change"),
                #facts.changes == 0 and "" or facts.pinned and ", which its count does not show" or " of its count")
end

local function ledger_text(facts)
  local rows, lines, changes = { HEADINGS }, { heading(facts) }, facts.changes
  if not facts.complete then
    lines[2] = facts.dropped > 0 and format("the first %s of the heap are forgotten", plural(facts.dropped, "change"))
               or "it was made before the ledger began"
  end
  local first = #changes > MOST and #changes - MOST + 1 or 1
  if first > 1 then
    lines[#lines + 1] = format("the last %d are shown; all are in the answer's `changes`", MOST)
  end
  for i = first, #changes do rows[#rows + 1] = row_of(changes[i]) end
  if #changes > 0 then lines[#lines + 1] = concat(aligned(rows), "\n") end
  return concat(lines, "\n")
end

-- ------------------------------------------------------------------------ at(id) --

local function life_line(life)
  local born = life.born and " made at " .. life.born or " made before the ledger remembers"
  local ended = life.alive and "alive" or format("destroyed by %s%s", life.by, life.died and " at " .. life.died or "")
  return format("  %s,%s, %s", plain(life.title), born, plain(ended))
end

local function lives_text(facts)
  local where = format("0x%x", facts.id)
  local lines = {}
  lines[1] = #facts == 0 and format("nobody is known to have lived at %s", where)
             or format("%s lived at %s:", plural(#facts, "object"), where)
  if #facts == 1 then lines[1] = format("1 object has lived at %s:", where)
  elseif #facts > 1 then lines[1] = format("%s have lived at %s:", plural(#facts, "object"), where)
  end
  local first = #facts > MOST and #facts - MOST + 1 or 1
  if first > 1 then lines[2] = format("  (the last %d; all are in the answer)", MOST) end
  for i = first, #facts do lines[#lines + 1] = life_line(facts[i]) end
  if facts.dropped > 0 then
    lines[#lines + 1] = format("%s of the heap are forgotten",
                               facts.dropped == 1 and "the life of 1 older object"
                               or format("the lives of %s older objects", grouped(facts.dropped)))
  end
  return concat(lines, "\n")
end

-- --------------------------------------------------------------------------------- all --

-- The bytes that the option `given` asks for (true, or a number of bytes; false or nil:
-- no ledger), or nil and what is wrong with it.
function ledger.size(given)
  if given == nil or given == false then return nil end
  if given == true then return ledger.SIZE end
  if math.type(given) == "integer" and given >= ledger.LEAST then return floor(given) end
  return nil, format("must be true or a number of bytes, at least %d", ledger.LEAST)
end

-- Add the words to `words`.
function ledger.fill(words, lab)
  local function add(name, f)
    words[name] = lua_words.checked(lab, name, f)
  end

  add("ledger", function(x) return answer.new("ledger", lab:ledger(x), ledger_text) end)
  add("at", function(x) return answer.new("at", lab:lives(x), lives_text) end)
end

return ledger
