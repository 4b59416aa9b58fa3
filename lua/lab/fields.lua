-- Fields of profiles as text: their values, and where profiles differ, side by side.

local core = require "refchain.core"
local help = require "lab.help"

local fields = {}

local WIDTH = 80

local function width(text) return utf8.len(text) or #text end

-- Lines of cells in columns; the last cell is not padded.
function fields.columns(rows)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, width(cell)) end
  end
  for _, row in ipairs(rows) do
    local line = {}
    for i, cell in ipairs(row) do
      line[i] = i < #row and cell .. (" "):rep(widths[i] - width(cell)) or cell
    end
    lines[#lines + 1] = table.concat(line, "  "):gsub("%s+$", "")
  end
  return lines
end

-- A value without its unit: "700 10 10", "yes", "at once".
function fields.value(value)
  if type(value) == "table" then
    local texts = {}
    for i, item in ipairs(value) do texts[i] = tostring(item) end
    return table.concat(texts, " ")
  elseif type(value) == "boolean" then
    return value and "yes" or "no"
  end
  return tostring(value)
end

-- The same with its unit.
function fields.with_unit(entry)
  local value = fields.value(entry.value)
  if entry.kind == "yes or no" or entry.kind == "strategy" then return value end
  return value .. " " .. entry.unit
end

-- What values a field takes, in short: "0 to 256", "at once, deferred".
local function allowed(entry)
  if entry.kind == "strategy" then return table.concat(entry.choices, ", ") end
  if entry.kind == "yes or no" then return entry.kind end
  local range = ("%d to %d"):format(entry.least, entry.greatest)
  return entry.kind == "numbers" and "each " .. range or range
end

-- A field of one profile: name, value and source, then what the field means and takes,
-- and what a strategy does.
function fields.entry(entry)
  local line = ("%-24s %s"):format(entry.name, fields.with_unit(entry))
  local source = "[" .. entry.source .. "]"
  if width(line) + 2 + width(source) <= WIDTH then
    line = line .. "  " .. source
  else
    line = line .. "\n" .. help.fill(source, "    ")
  end
  line = line .. "\n" .. help.fill(("%s (%s)"):format(entry.help, allowed(entry)), "    ") .. "\n"
  if entry.meaning then line = line .. help.fill(entry.value .. ": " .. entry.meaning, "    ") .. "\n" end
  return line
end

-- Names of profiles as a list; three or more that follow each other among all
-- profiles as "3.9 to 3.12".
function fields.names(names)
  local place, parts, from = {}, {}, 1
  for i, profile in ipairs(core.profiles()) do place[profile.name] = i end
  for i, name in ipairs(names) do
    local following = names[i + 1]
    if not (place[name] and following and place[following] == place[name] + 1) then
      if i - from >= 2 then
        parts[#parts + 1] = names[from] .. " to " .. name
      else
        table.move(names, from, i, #parts + 1, parts)
      end
      from = i + 1
    end
  end
  return table.concat(parts, ", ")
end

-- One field in several profiles: its meaning, then values with their sources; profiles
-- beside each other that have the same of both share a line.
function fields.side_by_side(profiles, index)
  local rows = {}
  for _, profile in ipairs(profiles) do
    local entry, last = profile[index], rows[#rows]
    local value, source = fields.with_unit(entry), "[" .. entry.source .. "]"
    if last and last[2] == value and last[3] == source then
      table.insert(last.names, profile.name)
    else
      rows[#rows + 1] = { "", value, source, names = { profile.name } }
    end
  end
  for _, row in ipairs(rows) do row[1] = "  " .. fields.names(row.names) end
  local entry = profiles[1][index]
  return help.fill(entry.name .. ": " .. entry.help, "") .. "\n"
         .. table.concat(fields.columns(rows), "\n") .. "\n"
end

-- The places of the fields in which some of the profiles differ.
function fields.differing(profiles)
  local found = {}
  for i, entry in ipairs(profiles[1]) do
    for _, profile in ipairs(profiles) do
      if fields.value(profile[i].value) ~= fields.value(entry.value) then
        found[#found + 1] = i
        break
      end
    end
  end
  return found
end

fields.SOURCES = "Sources: M measured on that release, S read in its sources, - not verified."

return fields
