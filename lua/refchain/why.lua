-- why(x): what keeps an object alive, and what would free it.
--
-- The facts of the answer:
--
--   birth, id, type, title ("list #9"), repr, refcount, generation, tracked, immortal, origin
--   holders        who holds it, in words, at most 1000; holder_count is the number of all,
--                  and that is the count, but for `pinned`: what the count shows beyond them
--   reach          "name", "temporary", "other" (a cache, gc.garbage, a word or finalizer that
--                  is running) or "garbage": nothing from outside reaches it
--   path           of what is reached: the shortest way to it, a sequence of { text =, birth = },
--                  from the name on, each step with the place that leads on; the object itself is
--                  not in it.  Of a long one the middle is left out; path_length is the length
--   cycle, way     of garbage: the cycle that keeps it, and the way from there to it; the same
--   oldest         of garbage: the oldest generation of what keeps it
--   freed          of garbage: { by = "collector" | "gc.collect" | "nobody", generation =,
--                  reason = a sentence }
--   removals       what would free it, each alone, by count; in words, the nearest first
--
-- and of a dead one: birth, type, dead = true, death (how it died).

local answer = require "refchain.answer"
local lua_words = require "refchain.lua_words"
local pretty = require "refchain.pretty"

local concat = table.concat
local format, gsub, match, sub = string.format, string.gsub, string.match, string.sub

local upper_case = string.upper
local plain = pretty.plain

local why = {}

local SHOWN = 12                -- holders in the text
local STEPS = 16                -- of a way in the text

-- ------------------------------------------------------------------------- the words --

-- "v1 → list #2 [0] → list #9"; a long one without its middle.
local function way_text(steps, length, last)
  local texts, left_out = {}, length > STEPS and length - STEPS or 0
  for i, step in ipairs(steps) do
    if left_out == 0 or i <= STEPS // 2 or i > #steps - STEPS // 2 then texts[#texts + 1] = plain(step.text) end
    if left_out > 0 and i == STEPS // 2 then texts[#texts + 1] = format("… %d more …", left_out) end
  end
  texts[#texts + 1] = plain(last)
  return concat(texts, " → ")
end

local function figures(facts)
  local parts = { format("id 0x%x", facts.id), format("refcnt %d", facts.refcount) }
  local generation = facts.generation
  if generation == "permanent" then parts[#parts + 1] = "permanent generation"
  elseif generation then parts[#parts + 1] = format("gen %d", generation)
  end
  local moving = facts.tracked and not generation
  parts[#parts + 1] = moving and "in the hands of the collector" or facts.tracked and "tracked" or "not tracked"
  parts[#parts + 1] = facts.origin
  return concat(parts, "  ")
end

local function holders_text(facts, lines)
  local holders, count = facts.holders, facts.holder_count
  if facts.pinned > 0 and facts.immortal then
    lines[#lines + 1] = format("immortal: its count is pinned at %d, whoever holds it; known:", facts.refcount)
  elseif facts.pinned > 0 then
    lines[#lines + 1] = format("its count begins at %d; held by", facts.pinned)
  elseif count == 0 then
    lines[#lines + 1] = "held by nothing"
  elseif count == 1 then
    lines[#lines + 1] = "held by " .. plain(holders[1])
    return
  else
    lines[#lines + 1] = format("held by %d:", count)
  end
  local shown = count > SHOWN + 1 and SHOWN or count        -- "and 1 more" would be as long as that one
  for i = 1, shown do lines[#lines + 1] = "  " .. plain(holders[i]) end
  if count > shown then lines[#lines + 1] = format("  and %d more", count - shown) end
end

-- What a person does to remove the reference: `del "v1"`.
local function removal_text(holder)
  holder = plain(holder)
  local name, frame = match(holder, "^name (.*) of (frame %d+)$")
  if name then return format('del "%s" of %s', name, frame) end
  name = match(holder, "^name (.*)$")
  if name then return format('del "%s"', name) end
  if holder == "temporary" then return "dropping the temporary" end
  if match(holder, "^gc%.garbage") then return "gc.garbage:clear()" end
  return "removing " .. holder
end

local NEVER = { ["small-int pool"] = true, ["character cache"] = true, singleton = true }

local function removals_text(facts, lines)
  local texts = {}
  for i, holder in ipairs(facts.removals) do texts[i] = removal_text(holder) end
  if facts.immortal then
    lines[#lines + 1] = "Nothing frees it: it is immortal."
  elseif NEVER[facts.origin] then
    lines[#lines + 1] = "Nothing frees it: it is kept for ever (" .. facts.origin .. ")."
  elseif #texts == 0 then
    lines[#lines + 1] = "No single removal of a reference would free it by count."
  elseif #texts == 1 then
    local text = gsub(texts[1], "^%l", sub(texts[1], 1, 4) == "del " and "d" or upper_case)
    lines[#lines + 1] = text .. " alone would free it by count."
  else
    lines[#lines + 1] = "Each of these alone would free it by count: " .. concat(texts, "; ")
  end
end

local REACHED = {
  name = "reached from a name", temporary = "reached from a temporary", other = "reached without a name",
}

local function text_of(facts)
  if facts.dead then return plain(facts.death) end
  local lines = { plain(facts.birth > 0 and facts.title .. ": " .. facts.repr or facts.title), figures(facts) }
  holders_text(facts, lines)
  if facts.reach == "garbage" then
    lines[#lines + 1] = "garbage: no name, no temporary and nothing else from outside reaches it"
    if facts.cycle_length > 0 then
      local first = match(facts.cycle[1].text, "^.- #%d+")
      lines[#lines + 1] = "kept by the cycle " .. way_text(facts.cycle, facts.cycle_length, first)
    end
    if facts.way_length > 0 then
      lines[#lines + 1] = "which leads on to it: " .. way_text(facts.way, facts.way_length, facts.title)
    end
    lines[#lines + 1] = plain(facts.freed.reason)
  else
    lines[#lines + 1] = REACHED[facts.reach] .. ": " .. way_text(facts.path, facts.path_length, facts.title)
  end
  removals_text(facts, lines)
  return concat(lines, "\n")
end

-- ------------------------------------------------------------- who will free garbage --

local function passes(collector, generation)
  return format("the count of generation %d, now %d, exceeds %d", generation, collector.counts[generation + 1],
                collector.thresholds[generation + 1])
end

-- What has to happen until a generation is collected by itself.
local function condition(collector, generation, profile)
  local parts = { passes(collector, 0) }
  if generation > 0 then
    parts[1] = passes(collector, generation)
    parts[2] = passes(collector, 0)
  end
  if generation == 2 and profile.quarter_rule ~= 0 and collector.long_lived_total > 0 then
    parts[#parts + 1] = format("%d objects have become old since the last full collection, now %d",
                               collector.long_lived_total // profile.quarter_rule, collector.long_lived_pending)
  end
  return concat(parts, " and ")
end

local function who_frees(facts, profile)
  local collector, generation = facts.collector, facts.oldest
  if facts.finalizer and profile.finalizers == "legacy" then
    return { by = "nobody", reason = format("Nobody frees it: %s has a __del__, and garbage with one, and all that "
                                            .. "it reaches, is uncollectable; a collection puts it into gc.garbage.",
                                            facts.finalizer) }
  elseif generation == "permanent" then
    return { by = "nobody", generation = generation,
             reason = "Nobody frees it while what keeps it is frozen: write gc.unfreeze(), then gc.collect()." }
  elseif collector.collecting then
    return { by = "collector", generation = generation,
             reason = "A collection is running: ask again when it is done." }
  elseif facts.unseen or not generation then
    return { by = "nobody", reason = "Nobody frees it: the collector does not track what keeps it." }
  elseif collector.saveall then
    return { by = "nobody", generation = generation,
             reason = "Nobody frees it: with gc.DEBUG_SAVEALL a collection puts what it finds into gc.garbage." }
  end
  local collect = generation == 2 and "gc.collect()" or format("gc.collect(%d)", generation)
  if not collector.enabled or collector.thresholds[1] == 0 then
    return { by = "gc.collect", generation = generation,
             reason = format("%s frees it; automatic collection is off%s.", collect,
                             collector.enabled and " (the first threshold is 0)" or "") }
  end
  local when = generation == 2 and "A full collection" or format("A collection of generation %d%s", generation,
                                                                  generation == 0 and " or an older one" or " or 2")
  return { by = "collector", generation = generation,
           reason = format("%s frees it: automatically when %s%s, or by %s.", when,
                           condition(collector, generation, profile),
                           profile.trigger == "deferred" and " (a little after the allocation)" or "", collect) }
end

-- Add the word to `words`.
function why.fill(words, lab)
  local profile = words.heap.profile

  words.why = lua_words.checked(lab, "why", function(x)
    lab:let_go()
    local facts = lab:why(x)
    if facts.reach == "garbage" then
      facts.freed = who_frees(facts, profile)
      facts.collector = nil
    end
    return answer.new("why", facts, text_of)
  end)
end

return why
