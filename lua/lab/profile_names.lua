-- Profiles as a user gives them: names, and fields that are set with --set.

local core = require "refchain.core"
local nearest = require "refchain.nearest"
local releases = require "refchain.releases"

local profile_names = {}

profile_names.all = releases.names

-- The profile of that name, or nil and what is wrong.
function profile_names.find(name)
  for _, profile in ipairs(core.profiles()) do
    if profile.name == name then return profile end
  end
  return nil, releases.unknown(name)
end

-- The names in "3.8,3.13" or "all", each once; or nil and what is wrong.
function profile_names.list(text)
  local names, seen = {}, {}
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  for name in (text .. ","):gmatch "%s*([^,]-)%s*," do
    if name == "all" then
      for _, each in ipairs(profile_names.all()) do add(each) end
    else
      local profile, problem = profile_names.find(name)
      if not profile then return nil, problem end
      add(profile.name)
    end
  end
  return names
end

-- ------------------------------------------------------------------- profiles of one's own --

local YES_NO = { yes = true, no = false, ["1"] = true, ["0"] = false, ["true"] = true, ["false"] = false }

-- A field's value as Lua has it; what is none stays a text, which the field refuses.
local function parse(field, text)
  if field.kind == "yes or no" and YES_NO[text:lower()] ~= nil then return YES_NO[text:lower()] end
  if field.kind == "number" then return math.tointeger(tonumber(text)) or text end
  if field.kind ~= "numbers" then return text end
  local numbers = {}
  for part in (text .. ","):gmatch "%s*([^,]-)%s*," do
    numbers[#numbers + 1] = math.tointeger(tonumber(part)) or part
  end
  return #numbers > 1 and numbers or text
end

local function field_called(name)
  local names = {}
  for i, field in ipairs(core.profiles()[1]) do
    if field.name == name then return field end
    names[i] = field.name
  end
  return nil, ("no profile field is called '%s'%s"):format(name, nearest.hint(name, names))
end

-- A message for Lua, as the command line writes values.
local function for_command_line(message)
  message = message:gsub("^[^\n]-:%d+: ", ""):gsub("{(%d+), (%d+), (%d+)}", "%1,%2,%3")
  message = message:gsub("^([%w_]+: )a table of (%d+ values) is not", "%1%2 are not")
  return (message:gsub("it takes true or false$", "it takes yes or no"))
end

-- The settings that texts "FIELD=VALUE" make, by name; or nil and what is wrong.  Of a
-- field that is set twice the last value counts.
function profile_names.settings(texts)
  local settings = {}
  for _, text in ipairs(texts or {}) do
    local name, value = text:match "^%s*([%w_]+)%s*=%s*(.-)%s*$"
    if not name then return nil, ("--set '%s': write FIELD=VALUE, as float_free=0"):format(text) end
    local field, problem = field_called(name)
    if not field then return nil, "--set: " .. problem end
    settings[name] = parse(field, value)
    local right, why = pcall(core.profile, nil, { [name] = settings[name] })
    if not right then return nil, "--set: " .. for_command_line(why) end
  end
  return settings
end

-- The profiles that --profile and --set ask for: a sequence of { base = "3.8",
-- settings = by name, name = "3.8 with float_free = 0" }; or nil and what is wrong.
function profile_names.chosen(text, sets)
  local names, problem = profile_names.list(text)
  if not names then return nil, problem end
  local settings, wrong = profile_names.settings(sets)
  if not settings then return nil, wrong end
  local found = {}
  for i, name in ipairs(names) do
    found[i] = { base = name, settings = settings, name = core.profile(name, settings).name }
  end
  return found
end

return profile_names
