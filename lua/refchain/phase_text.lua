-- A phase of a collection, as gc.steps gives it and a recorded run has it, in lines: its name
-- and meaning, and a table of its objects with what their count is and what the collector
-- makes of its own copy of it.

local concat, format, gsub, rep = table.concat, string.format, string.gsub, string.rep
local most_of, least_of = math.max, math.min

local phase_text = {}

local MOST = 50                 -- objects, where no other number is given

-- Header, what a row has there, whether it is a number.
local COLUMNS = {
  { "object", function(object)
    return object.birth > 0 and format("%s #%d", object.type, object.birth) or object.type
  end },
  { "value", function(object) return object.text end },
  { "refcount", function(object) return object.refcount end, true },
  { "refs", function(object) return object.refs end, true },
  { "inside", function(object) return object.inside end, true },
  { "verdict", function(object) return object.verdict end },
}

local function width_of(text) return utf8.len(text) or #text end

-- The cells of a column, filled up to one width; nil if no row has anything there.
local function cells_of(column, objects, count)
  local header, value, is_number = column[1], column[2], column[3]
  local cells, width, any = { [0] = header }, width_of(header), false
  for i = 1, count do
    local given = value(objects[i])
    any = any or given ~= nil and given ~= ""
    cells[i] = tostring(given == nil and "" or given)
    width = most_of(width, width_of(cells[i]))
  end
  if not any then return nil end
  for i = 0, count do
    local fill = rep(" ", width - width_of(cells[i]))
    cells[i] = is_number and fill .. cells[i] or cells[i] .. fill
  end
  return cells
end

-- The lines of a phase, with `most` objects of it.
function phase_text.lines(phase, most)
  local objects = phase.objects or {}
  local count = least_of(#objects, most or MOST)
  local lines = { format("%s: %s", phase.name, phase.meaning or "") }
  if count > 0 then
    local columns = {}
    for _, column in ipairs(COLUMNS) do columns[#columns + 1] = cells_of(column, objects, count) end
    for i = 0, count do
      local row = {}
      for j, cells in ipairs(columns) do row[j] = cells[i] end
      lines[#lines + 1] = (gsub("  " .. concat(row, "  "), " +$", ""))
    end
  end
  local more = #objects - count + (phase.untold or 0)
  if more > 0 then lines[#lines + 1] = format("  … %d more", more) end
  return lines
end

function phase_text.text(phase) return concat(phase_text.lines(phase), "\n") end

return phase_text
