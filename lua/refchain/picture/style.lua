-- The stylesheet of all pictures.  Text has a contrast of at least 4.5:1 on what is behind
-- it, light and dark; no colour says anything that a word or a line does not say, too.
-- Colours are written out, as not every program that shows SVG knows variables.

local concat = table.concat
local gmatch, gsub = string.gmatch, string.gsub

local SHAPES = [[
.rc-picture{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:13px}
.rc-text,.rc-soft,.rc-strong,.rc-bad,.rc-name-text,.rc-cycle-text{font-size:13px;white-space:pre}
.rc-heading{font-size:15px;font-weight:600;white-space:pre}
.rc-strong,.rc-bad,.rc-name-text,.rc-cycle-text{font-weight:600}
.rc-garbage{stroke-dasharray:5 3}
.rc-hatch{stroke-width:1.2;fill:none}
.rc-cycle{stroke-width:1.5}
.rc-arrow{fill:none;stroke-width:1.4}
.rc-arrow-cycle{stroke-width:2}
.rc-weak{stroke-dasharray:3 3}
.rc-track,.rc-series{fill:none}
.rc-series{stroke-width:2}
]]

local COLOURS = [[
.rc-paper{fill:$paper}
.rc-text,.rc-strong,.rc-heading{fill:$ink}
.rc-soft{fill:$soft}
.rc-bad{fill:$bad}
.rc-box,.rc-hollow{fill:$card;stroke:$edge}
.rc-head{fill:$head}
.rc-garbage{fill:$bad_card;stroke:$bad}
.rc-garbage-head{fill:$bad_card}
.rc-hatch{stroke:$bad}
.rc-rule{stroke:$rule}
.rc-name{fill:$name;stroke:$name_edge}
.rc-name-text{fill:$name_ink}
.rc-cycle{fill:$cycle_card;stroke:$cycle}
.rc-cycle-text{fill:$cycle_ink}
.rc-caption-ground{fill:$cycle_card}
.rc-arrow{stroke:$line}
.rc-arrow-head,.rc-dot{fill:$line}
.rc-arrow-cycle{stroke:$cycle}
.rc-arrow-head-cycle{fill:$cycle}
.rc-full{fill:$name_edge}
.rc-empty{fill:$head;stroke:$edge}
.rc-track{stroke:$edge}
.rc-series{stroke:$name_edge}
]]

local LIGHT = {
  paper = "#ffffff", ink = "#1d2733", soft = "#4c5a6a", card = "#fbfcfd", head = "#edf1f6", edge = "#8492a3",
  rule = "#cdd6e0", line = "#5b6b80", bad = "#a8231b", bad_card = "#fdf1ef", name = "#e3efff", name_edge = "#3d6fb4",
  name_ink = "#123a70", cycle = "#8250c8", cycle_ink = "#5f2ea6", cycle_card = "#f8f4fe",
}
local DARK = {
  paper = "#12171e", ink = "#e8edf3", soft = "#b3becb", card = "#1a212b", head = "#263040", edge = "#76869a",
  rule = "#3c4859", line = "#9fb0c4", bad = "#ff9b90", bad_card = "#331e1d", name = "#1d3554", name_edge = "#7fb0f0",
  name_ink = "#d4e6ff", cycle = "#b08cf5", cycle_ink = "#cdb5ff", cycle_card = "#1d1a2c",
}

local function coloured(colours)
  return (gsub(COLOURS, "%$([%a_]+)", function(name) return colours[name] or error("style.lua: " .. name) end))
end

local function one_line(text)
  local lines = {}
  for line in gmatch(text, "[^\n]+") do lines[#lines + 1] = line end
  return concat(lines)
end

return {
  css = one_line(SHAPES .. coloured(LIGHT) .. "@media (prefers-color-scheme:dark){" .. coloured(DARK) .. "}"),
  light = LIGHT, dark = DARK,
}
