-- gc.forecast(), gc.explain() and gc.steps(): what the collector will do, what it did last,
-- and what it does phase by phase, as answers.  Their facts come from the lab; here they become sentences.

local answer = require "refchain.answer"
local lua_words = require "refchain.lua_words"
local phase_text = require "refchain.phase_text"

local concat, format, gsub = table.concat, string.format, string.gsub

local collector = {}

local ORDINALS = { [0] = "th", "st", "nd", "rd" }

-- "1st", "12th", "700th"
local function ordinal(n)
  local ending = n // 10 % 10 ~= 1 and ORDINALS[n % 10] or "th"
  return n .. ending
end

-- "1 object", "no objects", "3 collections"; `form` has the noun as "object(s)".
local function some(n, form)
  local noun = gsub(form, "%(([^)]*)%)", n == 1 and "" or "%1")
  return (n == 0 and "no" or tostring(n)) .. " " .. noun
end

-- ----------------------------------------------------------------------- forecast --

local function generation_line(facts, i)
  local row = facts.generations[i + 1]
  local head = format("generation %d: count %d, threshold %d", i, row.count, row.threshold)
  if i == 0 then return head end
  if row.collections > 0 then
    return format("%s: over it after %s of generation %d", head, some(row.collections, "more collection(s)"), i - 1)
  end
  return head .. ": over it" .. (i == 2 and facts.held_back and ", but held back" or "")
end

local function next_line(facts)
  if facts.requested then
    return format("A collection of generation %d is requested: it runs when this word is done.", facts.generation)
  elseif facts.collecting then
    return "A collection is running: no other one starts before its end."
  elseif not facts.enabled then
    return "No automatic collection comes: gc.disable() has switched them off."
  elseif not facts.automatic then
    return "No automatic collection comes: generation 0's threshold is 0."
  end
  local which = facts.allocations == 1 and "The next allocation of a container"
    or format("The %s allocation of a container from now on, less those released,", ordinal(facts.allocations))
  return format("%s %s a collection of generation %d.", which,
                facts.deferred and "requests" or "starts", facts.generation)
end

local function quarter_line(facts)
  if not facts.enabled or not facts.automatic then return nil end
  if not facts.quarter_rule then
    return "Nothing else holds a full collection back: this profile has no rule about long-lived objects."
  end
  local rule = format("A full collection waits until 1/%d as many objects have moved to generation 2 as the last one "
                      .. "left there", facts.quarter_rule)
  if facts.long_lived_total == 0 then
    return rule .. (facts.full_collections == 0 and ". There was none yet" or ". It left none")
      .. ", so nothing holds it back."
  end
  rule = format("%s: %d of %d. %d %s", rule, facts.wanted, facts.long_lived_total, facts.long_lived_pending,
                facts.long_lived_pending == 1 and "has" or "have")
  if not facts.held_back then return rule .. ", so nothing holds it back." end
  return format("%s, so it is held back until %d more %s.", rule, facts.wanted - facts.long_lived_pending,
                facts.wanted - facts.long_lived_pending == 1 and "has" or "have")
end

local function forecast_text(facts)
  return concat({ next_line(facts), generation_line(facts, 0), generation_line(facts, 1),
                  generation_line(facts, 2), quarter_line(facts) }, "\n")
end

-- ------------------------------------------------------------------------ explain --

-- Which of the counters were over their thresholds, as `reached` of the profile has it.
local function over(facts, i)
  return facts.counts[i + 1] + facts.reached > facts.thresholds[i + 1]
end

local function cause_lines(facts)
  if not facts.automatic then
    return format("Collection %d, of generation %d, was asked for%s.", facts.number, facts.generation,
                  facts.place and " at " .. facts.place or "")
  end
  local trigger = facts.trigger
  local what = format("the allocation of %s%s%s", trigger.type, trigger.birth and " #" .. trigger.birth or "",
                      facts.cause and " at " .. facts.cause or "")
  local how = facts.deferred and "requested by " or "started by "
  local where = facts.deferred and facts.place and facts.place ~= facts.cause and ", and ran at " .. facts.place or ""
  return format("Collection %d, of generation %d, was automatic: %s%s%s.", facts.number, facts.generation, how, what,
                where)
end

local function counters_line(facts)
  local parts = {}
  for i = 0, 2 do
    parts[#parts + 1] = format("generation %d: %d of %d%s", i, facts.counts[i + 1], facts.thresholds[i + 1],
                               over(facts, i) and " (over)" or "")
  end
  local line = "Counters and thresholds then: " .. concat(parts, ", ") .. "."
  if not facts.automatic then return line end
  line = line .. format(" The oldest generation that was over%s was taken.",
                        facts.held_back and " and not held back" or "")
  if facts.quarter_rule and over(facts, 2) then
    line = line .. format("\nThe full collection was %s: %d pending, %d long-lived, and 1/%d of these is %d.",
                          facts.held_back and "held back" or "not held back", facts.long_lived_pending,
                          facts.long_lived_total, facts.quarter_rule, facts.wanted)
  end
  return line
end

local function found_line(facts)
  if facts.visited == 0 then return "It visited no objects." end
  local moved = facts.generation < 2 and "moved to generation " .. facts.generation + 1 or "stayed in generation 2"
  local line = format("It visited %s: %d reachable%s, %d unreachable.", some(facts.visited, "object(s)"),
                      facts.survivors, facts.survivors > 0 and ", which " .. moved or "", facts.unreachable)
  if facts.untracked > 0 then
    line = line .. format(" %s and no longer tracked.",
                          facts.untracked == 1 and "1 more is reachable" or facts.untracked .. " more are reachable")
  end
  return line
end

local function called_line(facts)
  local parts = {}
  local function add(n, form) if n > 0 then parts[#parts + 1] = some(n, form) end end
  add(facts.weakrefs_cleared, "weak reference(s) cleared")
  add(facts.callbacks_called, "callback(s) called")
  add(facts.finalizers_called, "finalizer(s) called")
  return parts[1] and concat(parts, ", ") .. "." or nil
end

local function kept_lines(facts)
  if facts.kept == 0 then return nil end
  local lines = { format("Of the unreachable %s came back to life and %s kept, in generation %d.",
                         some(facts.kept, "object(s)"), facts.kept == 1 and "was" or "were",
                         facts.generation < 2 and facts.generation + 1 or 2) }
  for _, object in ipairs(facts.kept_objects) do
    lines[#lines + 1] = format("  %s #%d, %s", object.type, object.birth,
                               object.holder and "held now by " .. object.holder or "held now by no name and no object")
  end
  return concat(lines, "\n")
end

local function end_line(facts)
  local line
  if facts.saveall and facts.trash > 0 then
    line = format("The trash, %s, was saved in gc.garbage, as gc.DEBUG_SAVEALL wants it.",
                  some(facts.trash, "object(s)"))
  elseif facts.destroyed == 0 then
    line = "Nothing was destroyed."
  else
    local others = facts.destroyed - facts.trash
    line = format("It destroyed %s%s.", some(facts.destroyed, "object(s)"),
                  facts.trash > 0 and others > 0
                    and format(": the trash, and %d that only the trash held", others) or "")
  end
  if facts.uncollectable > 0 then
    line = line .. format(" %s uncollectable: what has a finalizer, and what that reaches; see gc.garbage.",
                          facts.uncollectable == 1 and "1 object is" or facts.uncollectable .. " objects are")
  end
  return line
end

local function explain_text(facts)
  if facts.number == 0 then return "No collection has run yet." end
  local lines = { cause_lines(facts), counters_line(facts), found_line(facts) }
  lines[#lines + 1] = called_line(facts)
  lines[#lines + 1] = kept_lines(facts)
  lines[#lines + 1] = end_line(facts)
  if facts.nanoseconds then lines[#lines + 1] = format("It took %.6f s.", facts.nanoseconds / 1e9) end
  return concat(lines, "\n")
end

-- ----------------------------------------------------------------------- the words --

-- Put the three words into `words.gc`, whose `steps` gives plain tables so far.
function collector.fill(words, lab)
  local profile = words.heap.profile

  -- What of the profile the sentences depend on, beside what the lab tells.
  local function complete(facts)
    facts.deferred = profile.trigger == "deferred"
    facts.reached = profile.threshold_reached and 1 or 0
    return facts
  end

  words.gc.forecast = lua_words.checked(lab, "gc.forecast", function()
    return answer.new("forecast", complete(lab:forecast()), forecast_text)
  end)
  words.gc.explain = lua_words.checked(lab, "gc.explain", function()
    return answer.new("explanation", complete(lab:last_collection()), explain_text)
  end)

  local steps = words.gc.steps
  function words.gc.steps(...)
    local next_phase, state, first, closing = steps(...)
    return function()
      local phase = next_phase()
      return phase and answer.new("phase", phase, phase_text.text)
    end, state, first, closing
  end
end

return collector
