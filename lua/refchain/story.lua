-- The words that tell a scenario's story: scenario, step, show and needs.

local core = require "refchain.core"
local vocabulary = require "refchain.words"

local concat = table.concat
local find, format, gmatch = string.find, string.format, string.gmatch

local story = {}

-- Which profiles lack a word; the others have them all.
local FIELD_OF = {
  ["gc.freeze"] = "has_freeze", ["gc.unfreeze"] = "has_freeze", ["gc.get_freeze_count"] = "has_freeze",
  ["gc.is_finalized"] = "has_is_finalized",
}

-- What `needs` raises.  The runner knows it by `skip`, the reason.
local skipped = { __name = "skip" }
skipped.__tostring = function(self) return self.where .. ": skipped: " .. self.skip end

function story.skip(lab, reason)
  error(setmetatable({ skip = reason, where = lab:where() }, skipped), 0)
end

-- The reason if `problem` is what `needs` raises, else nil.
function story.skip_reason(problem)
  return getmetatable(problem) == skipped and problem.skip or nil
end

local function resolve(words, path)
  local found = words
  for part in gmatch(path, "[^.]+") do
    if type(found) ~= "table" then return nil end
    found = rawget(found, part)
  end
  return found
end

-- Add the words to `words`; `profile` is heap.profile, `printer` from pretty.new.
function story.fill(words, lab, options, printer)
  local profile = words.heap.profile

  local function tell(kind, text)
    if options.story then options.story(kind, text, lab:where()) end
  end

  local function known(name)
    return FIELD_OF[name] or vocabulary.by_name[name] or resolve(words, name) ~= nil or profile[name] ~= nil
  end

  local function has(name)
    local field = FIELD_OF[name]
    if field then return profile[field] ~= 0 and profile[field] ~= false end
    local value = profile[name]
    if name ~= "name" and value ~= nil then return value ~= 0 and value ~= false end
    return resolve(words, name) ~= nil or find(name, "[^%w_.]") ~= nil
  end

  local function add(name, f)
    words[name] = vocabulary.checked(lab, core, name, f)
  end

  add("scenario", function(title) tell("scenario", title) end)

  add("step", function(text)
    lab:let_go()
    tell("step", text)
  end)

  add("show", function(...)
    lab:let_go()
    local lines = {}
    for i = 1, select("#", ...) do
      local value = (select(i, ...))
      lines[i] = type(value) == "string" and value or printer.line(value)
    end
    local text = concat(lines, "\n") .. "\n"
    options.output(text)
    tell("show", text)
  end)

  add("needs", function(name)
    if not known(name) then
      local near = vocabulary.nearest(name, vocabulary.names())
      lab:raise("ValueError", format("no word or profile field is called '%s'%s", name,
                                     near and "; did you mean " .. near .. "?" or ""), "needs")
    end
    if not has(name) then story.skip(lab, format("profile %s has no %s", profile.name, name)) end
  end)
end

return story
