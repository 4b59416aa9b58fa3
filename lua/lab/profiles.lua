-- `refchain profiles`: all of them as a table, one in full, or where several differ.

local core = require "refchain.core"
local fields = require "lab.fields"
local help = require "lab.help"
local profile_names = require "lab.profile_names"

-- The fields that tell releases apart at a glance: name and heading.
local COLUMNS = {
  { "thresholds", "thresholds" }, { "trigger", "collects" }, { "float_free", "floats" },
  { "list_free", "lists" }, { "dict_free", "dicts" }, { "tuple_free", "tuples" },
  { "small_int_greatest", "ints" }, { "attributes", "attributes" },
}

local function field(profile, name)
  for _, entry in ipairs(profile) do
    if entry.name == name then return fields.value(entry.value) end
  end
  return "-"
end

local function print_all()
  local rows = { { "profile" } }
  for _, column in ipairs(COLUMNS) do table.insert(rows[1], column[2]) end
  for _, profile in ipairs(core.profiles()) do
    local row = { profile.name }
    for _, column in ipairs(COLUMNS) do table.insert(row, field(profile, column[1])) end
    table.insert(rows, row)
  end
  for _, line in ipairs(fields.columns(rows)) do io.write(line, "\n") end
  io.write [[

floats, lists, dicts, tuples: how many each free list keeps (tuples: of each
length; -1: no limit); ints: the greatest that is pooled.
3.14 is 3.14.5 and later: the incremental collector before it is left out. 3.14
and 3.15 are as their sources say; 2.7 to 3.13 were measured on interpreters.
One in full, with its sources: refchain profiles NAME
Where some differ: refchain profiles NAME,NAME or refchain profiles all
]]
end

local function print_one(profile)
  io.write(help.fill(profile.name .. ": " .. profile.summary, ""), "\n\n")
  for _, entry in ipairs(profile) do io.write(fields.entry(entry)) end
  io.write("\n", fields.SOURCES, "\n")
end

local function print_differences(profiles)
  local differing = fields.differing(profiles)
  for _, index in ipairs(differing) do io.write(fields.side_by_side(profiles, index), "\n") end
  if #differing == 0 then io.write "No field differs.\n\n" end
  io.write(("%d of %d fields differ.\n"):format(#differing, #profiles[1]), fields.SOURCES, "\n")
end

return function(chosen)
  if #chosen.name == 0 then
    print_all()
    return 0
  end
  local names, problem = nil, "separate names by commas: refchain profiles " .. table.concat(chosen.name, ",")
  if #chosen.name == 1 then names, problem = profile_names.list(chosen.name[1]) end
  if not names then
    io.stderr:write("refchain: ", problem, "\n")
    return 2
  end
  local profiles = {}
  for i, name in ipairs(names) do profiles[i] = profile_names.find(name) end
  if #profiles == 1 then print_one(profiles[1]) else print_differences(profiles) end
  return 0
end
