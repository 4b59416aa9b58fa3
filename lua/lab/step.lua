-- `refchain step`: one scenario, recorded, to be gone through step by step: on the screen,
-- by lines of text, or as JSON.

local core = require "refchain.core"
local chronicle = require "lab.chronicle"
local host = require "lab.host"
local json = require "dkjson"
local output = require "lab.output"
local profile_names = require "lab.profile_names"
local progress = require "lab.progress"
local step_screen = require "lab.step_screen"
local step_text = require "lab.step_text"
local utf8_text = require "lab.utf8_text"
local walk = require "lab.walk"

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

-- FILE::test_name -> the file, the name.  A name that no test has is told of later, with
-- those that there are.
local function target_of(name)
  local path, test = name:match "^(.*)::([%w_]+)$"
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
  output.complain(told.file .. ": " .. problem)
  for _, name in ipairs(told.tests or {}) do io.stderr:write("  ", told.file, "::", name, "\n") end
  return false
end

-- The chronicle that the options ask for; nil, after a message, if there is none.
local function record(chosen)
  if chosen.profile == "all" or (chosen.profile or ""):find(",", 1, true) then
    output.complain(("step takes one profile, not '%s'"):format(chosen.profile))
    return nil
  end
  local base, unknown = profile_names.find(chosen.profile or "3.8")
  local settings, wrong = profile_names.settings(chosen.set)
  if not (base and settings) then
    output.complain(unknown or wrong)
    return nil
  end
  local path, test = target_of(chosen.file)
  local status_line = progress.new()
  status_line:show("recording " .. chosen.file)
  local told, problem = chronicle.record {
    path = path, test = test, base = base.name, profile = core.profile(base.name, settings).name,
    settings = settings, seed = chosen.seed, trusted = chosen.trusted, timeout = chosen.timeout,
    memory = chosen.max_memory,
  }
  status_line:hide()
  if not told then
    output.complain(problem)
    return nil
  end
  return choose_test(told) and told or nil
end

-- --------------------------------------------------------------------------- plain lines --

local function write_lines(lines)
  for _, line in ipairs(lines) do io.write(output.plain(line), "\n") end
end

-- Commands from standard input, a line each; after each the state, or what was asked for.
local function go_by_lines(told)
  local self, asks = walk.new(told), host.is_terminal(0) and host.is_terminal(1)
  write_lines { ("%s: %s, profile %s; ? for help"):format(told.file, told.title or "no title", told.profile) }
  write_lines(step_text.state(self))
  while true do
    if asks then io.write "step> " end
    io.stdout:flush()
    local text = io.read "l"
    if not text then
      if asks then io.write "\n" end
      return 0
    end
    local what, detail = self:command(text)
    if what == "quit" then return 0 end
    if not what then
      write_lines { detail }
    elseif what == "moved" or detail == "show" then
      write_lines(step_text.state(self))
    else
      write_lines(step_text.views[detail](self))
    end
  end
end

local function wants_colours()
  local no_colour = os.getenv "NO_COLOR"
  return not no_colour or no_colour == ""
end

return function(chosen)
  local told = record(chosen)
  if not told then return 2 end
  local status = told.outcome.broken and 4 or 0
  if chosen.output == "json" then
    write_json(told)
    return status
  end
  if #told.steps == 0 then
    output.complain(told.outcome.message or told.outcome.status)
    return 1
  end
  local dumb = os.getenv "TERM" == "dumb"
  local shown = not (chosen.plain or dumb) and step_screen(told, wants_colours()) or go_by_lines(told)
  return shown ~= 0 and shown or status
end
