-- A moment in the language of Graphviz: `dot -Tsvg` makes a picture of it.

local fold = require "refchain.picture.fold"
local graph = require "refchain.picture.graph"
local markup = require "refchain.markup"
local measure = require "refchain.picture.measure"

local concat = table.concat
local format, gsub, rep = string.format, string.gsub, string.rep

local ROWS = 12
local MOST = 150                -- boxes; beyond that objects share some

-- A text between quotes.
local function quoted(text)
  return '"' .. gsub(measure.clean(text), '["\\]', { ['"'] = '\\"', ["\\"] = "\\\\" }) .. '"'
end

local function cell(text, attributes) return format("<tr><td %s>%s</td></tr>", attributes, markup.text(text)) end

local function node(id, box)
  local rows = {
    cell(box.title .. "   " .. box.facts, 'port="h" bgcolor="' .. (box.garbage and "#fdf1ef" or "#edf1f6") .. '"'),
  }
  if box.garbage then rows[#rows + 1] = cell("garbage " .. rep("/", 16), 'bgcolor="#fdf1ef"') end
  for i, row in ipairs(box.rows) do
    local text = row.label ~= "" and row.label .. " " or ""
    text = text .. (row.text or row.hint or "") .. (row.count and "  (" .. row.count .. ")" or "")
    rows[#rows + 1] = cell(text, format('port="r%d" align="left"', i))
  end
  local look = box.garbage and 'color="#a8231b" style="dashed"' or 'color="#5b6b80"'
  return format('  %s [label=<<table border="1" cellborder="0" cellspacing="0" cellpadding="4" %s>%s</table>>];', id,
                look, concat(rows))
end

-- Names, objects with their counts and references; cycles in boxes of their own, garbage
-- hatched and named.
return function(moment)
  local view = graph.of(moment, { rows = ROWS, folding = fold.plan({ moment }, MOST) })
  local ids, lines = {}, {
    "digraph heap {", "  rankdir=LR;", '  node [shape=plain, fontname="monospace", fontsize=12];',
    '  edge [color="#5b6b80"];',
  }
  for i, box in ipairs(view.boxes) do ids[box.key] = "object_" .. i end
  for number, members in ipairs(view.cycles) do
    lines[#lines + 1] = format('  subgraph cluster_%d { label="cycle of %d"; fontname="monospace"; color="#8250c8";',
                               number, #members)
    for _, key in ipairs(members) do lines[#lines + 1] = "  " .. node(ids[key], view.by_key[key]) end
    lines[#lines + 1] = "  }"
  end
  for _, box in ipairs(view.boxes) do
    if not box.cycle then lines[#lines + 1] = node(ids[box.key], box) end
  end
  for i, name in ipairs(view.names) do
    lines[#lines + 1] = format('  name_%d [shape=box, style=rounded, label=%s];', i, quoted(name.text))
    lines[#lines + 1] = format("  name_%d -> %s:h;", i, ids[name.to])
  end
  for _, arrow in ipairs(view.arrows) do
    lines[#lines + 1] = format("  %s:r%d -> %s:h%s;", ids[arrow.from], arrow.row, ids[arrow.to],
                               arrow.weak and " [style=dashed]" or arrow.cycle and ' [color="#8250c8"]' or "")
  end
  local hidden = graph.hidden_text(view)
  if hidden then lines[#lines + 1] = format("  label=%s;", quoted(hidden)) end
  lines[#lines + 1] = "}"
  return concat(lines, "\n") .. "\n"
end
