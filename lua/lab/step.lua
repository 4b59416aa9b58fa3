-- `refchain step`: one scenario, recorded, to be gone through step by step.

local core = require "refchain.core"
local chronicle = require "lab.chronicle"
local host = require "lab.host"
local json = require "dkjson"
local output = require "lab.output"
local profile_names = require "lab.profile_names"
local utf8_text = require "lab.utf8_text"

local function complain(text) io.stderr:write("refchain: ", output.plain(text), "\n") end

-- ------------------------------------------------------------------------------- JSON --

-- A copy that JSON can hold: all text is UTF-8, every sequence an array, keys in order.
local function for_json(value)
  if type(value) == "string" then return utf8_text(value) end
  if type(value) ~= "table" then return value end
  local copy, keys = {}, {}
  for key, item in pairs(value) do
    copy[key] = for_json(item)
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return setmetatable(copy, { __jsontype = #keys == 0 and "array" or "object", __jsonorder = keys })
end

local function copy_of(object)
  local copy = {}
  for key, value in pairs(object) do copy[key] = value end
  return copy
end

-- Events are an array; how many more there were stands beside it.
local function write_json(told)
  local all = copy_of(told)
  all.refchain, all.steps = host.version, {}
  for i, step in ipairs(told.steps) do
    local copy = copy_of(step)
    copy.events = table.move(step.events, 1, #step.events, 1, {})
    copy.untold_events = step.events.untold
    all.steps[i] = copy
  end
  io.write(json.encode(for_json(all)), "\n")
end

-- --------------------------------------------------------------------------- recording --

-- FILE::test_name -> the file, the name.
local function target_of(name)
  local path, test = name:match "^(.*)::(test_[%w_]*)$"
  return path or name, test
end

-- Whether it is clear what is to be shown; a message if not.
local function choose_test(told)
  if told.outcome.status ~= "passed" and not told.tests then return true end
  local problem = told.tests and "name one of its tests:" or told.test and "it defines no tests"
  for _, name in ipairs(told.tests or {}) do
    if name == told.test then return true end
  end
  if not problem then return true end
  if told.test and told.tests then problem = ("no test is called '%s'; there are:"):format(told.test) end
  complain(told.file .. ": " .. problem)
  for _, name in ipairs(told.tests or {}) do io.stderr:write("  ", told.file, "::", name, "\n") end
  return false
end

-- The chronicle that the options ask for; nil, after a message, if there is none.
local function record(chosen)
  local base, unknown = profile_names.find(chosen.profile or "3.8")
  local settings, wrong = profile_names.settings(chosen.set)
  if not (base and settings) then
    complain(unknown or wrong)
    return nil
  end
  local path, test = target_of(chosen.file)
  local told, problem = chronicle.record {
    path = path, test = test, base = base.name, profile = core.profile(base.name, settings).name,
    settings = settings, seed = chosen.seed, trusted = chosen.trusted, timeout = chosen.timeout,
    memory = chosen.max_memory,
  }
  if not told then
    complain(problem)
    return nil
  end
  return choose_test(told) and told or nil
end

return function(chosen)
  local told = record(chosen)
  if not told then return 2 end
  write_json(told)
  return told.outcome.broken and 4 or 0
end
