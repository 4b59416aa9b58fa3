-- The words that tell a scenario's story: scenario, step, show and needs.

local core = require "refchain.core"
local drawing = require "refchain.drawing"
local lua_words = require "refchain.lua_words"
local nearest = require "refchain.nearest"
local vocabulary = require "refchain.words"

local concat = table.concat
local format, gmatch = string.format, string.gmatch

local story = {}

-- Which profiles lack a word; the others have them all.
local FIELD_OF = {
  ["gc.freeze"] = "has_freeze", ["gc.unfreeze"] = "has_freeze", ["gc.get_freeze_count"] = "has_freeze",
  ["gc.is_finalized"] = "has_is_finalized", ["gc.get_stats"] = "has_stats", ["gc.callbacks"] = "has_stats",
  ["gc.DEBUG_INSTANCES"] = "debug_kinds", ["gc.DEBUG_OBJECTS"] = "debug_kinds",
}

-- What `needs` raises.  The runner knows it by `skip`, the reason.
local skipped = { __name = "skip", __metatable = false }
skipped.__tostring = function(self) return self.where .. ": skipped: " .. self.skip end

function story.skip(lab, reason)
  error(setmetatable({ skip = reason, where = lab:where() }, skipped), 0)
end

-- The reason if `problem` is what `needs` raises, else nil.
function story.skip_reason(problem)
  return debug.getmetatable(problem) == skipped and problem.skip or nil
end

local function resolve(words, path)
  local found = words
  for part in gmatch(path, "[^.]+") do
    if type(found) ~= "table" then return nil end
    found = rawget(found, part)
  end
  return found
end

-- Add the words to `words`; `printer` is from pretty.new.
function story.fill(words, lab, options, printer)
  local profile, ordered_pairs = words.heap.profile, words.pairs
  local profile_name = profile.name

  local function tell(kind, text)
    if options.story then options.story(kind, text, lab:where()) end
  end

  local function field(name)
    for key, value in ordered_pairs(profile) do
      if key == name and key ~= "name" then return value end
    end
    return nil
  end

  -- Whether the profile has the word or field called `name`; nil when no profile has.
  local function has(name)
    local value = FIELD_OF[name] and field(FIELD_OF[name])
    if value == nil then value = field(name) end
    if value ~= nil then return value ~= 0 and value ~= false end
    if resolve(words, name) ~= nil then return true end
    local word = vocabulary.by_name[name]
    return word and word.receiver and true or nil
  end

  local function add(name, f)
    words[name] = lua_words.checked(lab, name, f)
  end

  add("scenario", function(title) tell("scenario", title) end)

  add("step", function(text)
    lab:let_go()
    tell("step", text)
  end)

  local line = lua_words.in_the_name_of("show", words.pcall, printer.line)

  add("show", function(...)
    lab:let_go()
    local lines, handles = {}, {}
    for i = 1, select("#", ...) do
      local value = (select(i, ...))
      lines[i] = type(value) == "string" and value or line(value)
      if core.is_handle(value) then handles[#handles + 1] = value end
    end
    local text = concat(lines, "\n") .. "\n"
    options.output(text)
    local picture = drawing.of(lab, handles)         -- the journal has no use for it
    if picture ~= "" then (options.draw or options.output)(picture) end
    tell("show", text .. picture)
  end)

  add("needs", function(name)
    local there = has(name)
    if there == nil then
      local near = nearest.of(name, vocabulary.names())
      lab:raise("ValueError", format("no word or profile field is called '%s'%s", name,
                                     near and "; did you mean " .. near .. "?" or ""), "needs")
    end
    if not there then story.skip(lab, format("profile %s has no %s", profile_name, name)) end
  end)
end

return story
