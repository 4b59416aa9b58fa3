-- The names of profiles as a user gives them.

local core = require "refchain.core"
local nearest = require "lab.nearest"

local profile_names = {}

function profile_names.all()
  local names = {}
  for _, profile in ipairs(core.profiles()) do names[#names + 1] = profile.name end
  return names
end

-- The profile of that name, or nil and what is wrong.
function profile_names.find(name)
  for _, profile in ipairs(core.profiles()) do
    if profile.name == name then return profile end
  end
  local names = profile_names.all()
  local hint = nearest.hint(name, names)
  if hint == "" then hint = "; there are " .. table.concat(names, ", ") end
  return nil, ("no profile is called '%s'%s"):format(name, hint)
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

return profile_names
