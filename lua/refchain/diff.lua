-- heap.snapshot() and heap.diff(a, b): what has changed between two moments.
--
-- It is about what the scenario has made: what start-up made (None, small ints …) is in no
-- snapshot.  The facts of the answer, each a sequence in order of birth:
--
--   born         { birth =, type = }: alive at the second moment and not born at the first
--   died         { birth =, type =, by = "count" | "collector", how = a sentence }; `by` and
--                `how` are not there when a million others have died since
--   counts       { birth =, type =, before =, after = }: both alive, with another count
--   generations  the same; before and after are 0, 1, 2, "permanent" or nil
--   passing      how many were born and died again in between

local answer = require "refchain.answer"
local lua_words = require "refchain.lua_words"
local pretty = require "refchain.pretty"

local concat, sort = table.concat, table.sort
local format = string.format

local plain = pretty.plain

local diff = {}

local SHOWN = 12                -- of each kind in the text

local function by_birth(a, b) return a.birth < b.birth end

local function records(snapshot)
  local found = {}
  for _, record in ipairs(snapshot) do found[record.birth] = record end
  return found
end

local function title(entry) return format("%s #%d", entry.type, entry.birth) end

local function generation_text(generation)
  if generation == nil then return "none" end
  return tostring(generation)
end

local TEXTS = {
  born = title,
  died = function(entry) return format("%s, %s", title(entry), entry.how or "nobody knows how any more") end,
  counts = function(entry) return format("%s  %d → %d", title(entry), entry.before, entry.after) end,
  generations = function(entry)
    return format("%s  %s → %s", title(entry), generation_text(entry.before), generation_text(entry.after))
  end,
}

-- "3 died (2 by count, 1 by the collector):" and a line for each.
local function add_part(lines, entries, heading, text)
  if #entries == 0 then return end
  lines[#lines + 1] = heading .. ":"
  local shown = #entries > SHOWN + 1 and SHOWN or #entries       -- "and 1 more" would be as long as that one
  for i = 1, shown do lines[#lines + 1] = "  " .. plain(text(entries[i])) end
  if #entries > shown then lines[#lines + 1] = format("  and %d more", #entries - shown) end
end

local function died_heading(died)
  local by = { count = 0, collector = 0 }
  for _, entry in ipairs(died) do if entry.by then by[entry.by] = by[entry.by] + 1 end end
  if by.count == #died then return format("%d died (by count)", #died)
  elseif by.collector == #died then return format("%d died (by the collector)", #died)
  end
  local parts = {}
  if by.count > 0 then parts[1] = format("%d by count", by.count) end
  if by.collector > 0 then parts[#parts + 1] = format("%d by the collector", by.collector) end
  return format("%d died%s", #died, parts[1] and " (" .. concat(parts, ", ") .. ")" or "")
end

local function text_of(facts)
  local lines = {}
  add_part(lines, facts.born, format("%d born", #facts.born), TEXTS.born)
  add_part(lines, facts.died, died_heading(facts.died), TEXTS.died)
  add_part(lines, facts.counts, format("%d with another count", #facts.counts), TEXTS.counts)
  add_part(lines, facts.generations, format("%d in another generation", #facts.generations), TEXTS.generations)
  if facts.passing > 0 then lines[#lines + 1] = format("%d born and dead again in between", facts.passing) end
  if #lines == 0 then return "nothing that the scenario has made has changed" end
  return concat(lines, "\n")
end

-- What is to be said of two snapshots, and how many were born between them.
local function compare(lab, before, after, births)
  local facts = { born = {}, died = {}, counts = {}, generations = {} }
  local old, new, dead = records(before), records(after), {}
  for birth, a in pairs(old) do
    local b = new[birth]
    if not b then
      facts.died[#facts.died + 1], dead[birth] = { birth = birth, type = a.type }, true
    else
      if a.refcount ~= b.refcount then
        facts.counts[#facts.counts + 1] = { birth = birth, type = a.type, before = a.refcount, after = b.refcount }
      end
      if a.generation ~= b.generation then
        facts.generations[#facts.generations + 1] =
          { birth = birth, type = a.type, before = a.generation, after = b.generation }
      end
    end
  end
  for birth, b in pairs(new) do
    if not old[birth] then facts.born[#facts.born + 1] = { birth = birth, type = b.type } end
  end
  for _, entries in pairs(facts) do sort(entries, by_birth) end
  local deaths = lab:deaths(dead)
  for _, entry in ipairs(facts.died) do
    local death = deaths[entry.birth]
    if death then entry.by, entry.how = death.by, death.how end
  end
  facts.passing = births - #facts.born
  return facts
end

-- Add the two words to `words.heap`.
function diff.fill(words, lab)
  local take, stats = words.heap.snapshot, words.heap.stats
  local taken, number = setmetatable({}, { __mode = "k" }), 0     -- which came when, and births so far

  words.heap.snapshot = lua_words.checked(lab, "heap.snapshot", function()
    local snapshot = take()
    lab:note_deaths()
    number = number + 1
    taken[snapshot] = { number = number, births = stats().births }
    return snapshot
  end)

  local function known(snapshot)
    return taken[snapshot] or lab:raise("TypeError", "a table is expected that heap.snapshot() of this heap has given",
                                        "heap.diff")
  end

  words.heap.diff = lua_words.checked(lab, "heap.diff", function(before, after)
    local first = known(before)
    local second = after and known(after)
    if second and second.number < first.number then
      lab:raise("ValueError", "the first table is of the later moment", "heap.diff")
    end
    lab:let_go()
    after = after or take()
    local births = (second and second.births or stats().births) - first.births
    return answer.new("heap.diff", compare(lab, before, after, births), text_of)
  end)
end

return diff
