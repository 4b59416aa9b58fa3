-- What to say of a release for which no profile stands.

local core = require "refchain.core"
local nearest = require "refchain.nearest"

local concat = table.concat
local format, match = string.format, string.match

local releases = {}

local INCREMENTAL = "3.14.0 to 3.14.4 had the incremental collector, which is left out; "
                    .. "'3.14' is 3.14.5 and later"

local LEFT_OUT = {
  ["3.14.0"] = INCREMENTAL, ["3.14.1"] = INCREMENTAL, ["3.14.2"] = INCREMENTAL, ["3.14.3"] = INCREMENTAL,
  ["3.14.4"] = INCREMENTAL,
}

-- The names of all profiles, in their order.
function releases.names()
  local names = {}
  for i, profile in ipairs(core.profiles()) do names[i] = profile.name end
  return names
end

-- "no profile is called '3.8.1'; did you mean '3.8'?": a profile is called as its release
-- is, without a patch number.
function releases.unknown(name)
  local names, release, hint = releases.names(), match(name, "^(.+)%.%d+$"), nil
  for _, each in ipairs(names) do
    if each == release then hint = format("; did you mean '%s'?", each) end
  end
  if LEFT_OUT[name] then hint = ": " .. LEFT_OUT[name] end
  hint = hint or nearest.hint(name, names)
  if hint == "" then hint = "; there are " .. concat(names, ", ") end
  return format("no profile is called '%s'%s", name, hint)
end

return releases
