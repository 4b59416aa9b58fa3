-- `refchain profiles`: all of them as a table, or one in full.

local core = require "refchain.core"
local profile_names = require "lab.profile_names"

-- The fields that tell releases apart at a glance: name and heading.
local COLUMNS = {
  { "thresholds", "thresholds" }, { "trigger", "collections" }, { "float_free", "floats" },
  { "list_free", "lists" }, { "dict_free", "dicts" }, { "tuple_free", "tuples" },
  { "small_int_greatest", "ints to" }, { "attributes", "attributes" },
}

local function show(value)
  if type(value) == "table" then
    local texts = {}
    for i, item in ipairs(value) do texts[i] = tostring(item) end
    return table.concat(texts, " ")
  elseif type(value) == "boolean" then
    return value and "yes" or "no"
  end
  return tostring(value)
end

local function field(profile, name)
  for _, entry in ipairs(profile) do
    if entry.name == name then return show(entry.value) end
  end
  return "-"
end

local function print_rows(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, utf8.len(cell) or #cell) end
  end
  for _, row in ipairs(rows) do
    local line = {}
    for i, cell in ipairs(row) do
      line[i] = i < #row and cell .. (" "):rep(widths[i] - (utf8.len(cell) or #cell)) or cell
    end
    io.write((table.concat(line, "  "):gsub("%s+$", "")), "\n")
  end
end

local function print_all()
  local rows = { { "profile" } }
  for _, column in ipairs(COLUMNS) do table.insert(rows[1], column[2]) end
  for _, profile in ipairs(core.profiles()) do
    local row = { profile.name }
    for _, column in ipairs(COLUMNS) do table.insert(row, field(profile, column[1])) end
    table.insert(rows, row)
  end
  print_rows(rows)
  io.write "\nfloats, lists, dicts, tuples: how many each free list keeps (tuples: of each length).\n"
  io.write "One in full, with its sources: refchain profiles NAME\n"
end

-- A line for each field with its value and source, and one with its meaning.
local function print_one(profile)
  io.write(profile.name, ": ", profile.summary, "\n\n")
  for _, entry in ipairs(profile) do
    local value = show(entry.value)
    if entry.unit ~= "yes or no" and entry.unit ~= "strategy" then value = value .. " " .. entry.unit end
    io.write(("%-24s %-40s [%s]\n    %s\n"):format(entry.name, value, entry.source, entry.help))
  end
  io.write "\nSources: M measured on that release, S read in its sources, - not verified.\n"
end

return function(chosen)
  if not chosen.name then
    print_all()
    return 0
  end
  local profile, problem = profile_names.find(chosen.name)
  if not profile then
    io.stderr:write("refchain: ", problem, "\n")
    return 2
  end
  print_one(profile)
  return 0
end
