-- Going through a chronicle on a terminal's whole screen: drawing it, keys, typed commands.
--
-- The parts of the screen stay where they are from step to step: their heights are chosen
-- for the step that needs most.  A frame is as many lines as the screen has rows, each
-- { text, style }.  What has changed has a sign in front, so that colour says nothing that is
-- not said without it.

local host = require "lab.host"
local output = require "lab.output"
local step_text = require "lab.step_text"
local terminal = require "lab.terminal"
local utf8_text = require "lab.utf8_text"
local walk = require "lab.walk"

local SIGNS = { new = "+", changed = "*" }
local STYLES = {
  title = "7", current = "1", rule = "2", new = "32", changed = "33", gone = "31", story = "1", problem = "31",
}

-- ------------------------------------------------------------------------------- pieces --

local function line(text, style) return { text = text, style = style } end

-- Text that a terminal shows as it is.
local function plain(text) return utf8_text(output.plain(text)) end

-- Exactly `width` columns, or with `loosely` no more; cut where there is not room enough.
local function fit(text, width, loosely)
  local cut, used = host.fit(plain(text), width)
  return loosely and cut or cut .. (" "):rep(width - used)
end

local function columns(text) return (select(2, host.fit(plain(text), math.maxinteger))) end

local function rule(title, width)
  local text = title == "" and "" or "── " .. title .. " "
  return line(text .. ("─"):rep(math.max(width - columns(text), 0)), "rule")
end

-- Lines of the file around the current one.
local function source_lines(self, height)
  local current, source = self:step().line or 1, self.told.source
  local first = math.max(1, math.min(current - height // 2, #source - height + 1))
  local lines = {}
  for i = first, math.min(first + height - 1, #source) do
    local at = i == current and self:step().line
    local text = source[i]:gsub("\t", "    ")
    lines[#lines + 1] = line(("%s%3d %s"):format(at and ">" or " ", i, text), at and "current")
  end
  return lines
end

local function short_generation(generation)
  return generation == "permanent" and "perm" or generation and tostring(generation) or "-"
end

local function who_has(object, names, temporaries)
  local called = {}
  for i, name in ipairs(names[object.birth] or {}) do
    called[i] = step_text.name(name)
  end
  if #called > 0 then return table.concat(called, ", ") end
  local standing = step_text.standing(object, temporaries)
  if standing and object.reach == "other" then standing = "interpreter" end
  return standing and ("(%s)"):format(standing) or ""
end

-- Each object in a row: sign, title, names, count, generation, text.
local function object_rows(self, changes)
  local moment, rows = self:step().moment, {}
  local objects, names = step_text.shown_objects(moment)
  for _, object in ipairs(objects) do
    local was, sign = changes.before[object.birth], changes.objects[object.birth]
    local count = tostring(object.refcount)
    if was and was.refcount ~= object.refcount then count = ("%d→%d"):format(was.refcount, object.refcount) end
    rows[#rows + 1] = {
      SIGNS[sign] or " ", step_text.title(object), who_has(object, names, moment.temporaries), count,
      short_generation(object.generation), object.text, style = sign,
    }
  end
  for _, gone in ipairs(changes.gone) do
    rows[#rows + 1] = {
      "-", step_text.title(gone.object), ("(%s)"):format(gone.died and "dead" or "not shown"), "", "",
      step_text.death(gone), style = gone.died and "gone" or nil,
    }
  end
  local hidden = 0
  for _, row in ipairs(moment.hidden) do hidden = hidden + (row.from and 0 or row.count) end
  if hidden > 0 then rows[#rows + 1] = { " ", ("… %d more"):format(hidden), "", "", "", "" } end
  return rows
end

local function widths_of(rows, width)
  local widths = { 1, 6, 5, 5, 3 }
  local most = { 1, math.max(8, width // 5), math.max(6, width // 5), 9, 4 }
  for _, row in ipairs(rows) do
    for i = 2, 5 do
      widths[i] = math.max(widths[i], math.min(columns(row[i]), most[i]))
    end
  end
  return widths
end

local function row_line(row, widths, width)
  local parts = {}
  for i = 1, 5 do parts[i] = fit(row[i], widths[i]) end
  return line(fit(table.concat(parts, " ") .. " " .. row[6], width, true), row.style)
end

-- The first row that is shown: what has changed comes into sight by itself.
local function first_row(self, rows, height)
  local last_first = math.max(1, #rows - height + 1)
  if not self.scroll then
    for i, row in ipairs(rows) do
      if row.style then
        self.scroll = i <= height and 1 or i
        break
      end
    end
  end
  self.scroll = math.max(1, math.min(self.scroll or 1, last_first))
  return self.scroll
end

local function object_lines(self, changes, height, width)
  local rows = object_rows(self, changes)
  local widths = widths_of(rows, width)
  local lines = { row_line({ " ", "object", "names", "count", "gen", "value", style = "rule" }, widths, width) }
  if #rows == 0 then lines[2] = line("  none", "rule") end
  local first = first_row(self, rows, height - 1)
  for i = first, math.min(first + height - 2, #rows) do lines[#lines + 1] = row_line(rows[i], widths, width) end
  local below = #rows - (first + height - 2)
  if below > 0 and height > 2 then
    lines[#lines] = line(("  … %d more below: down, up"):format(below + 1), "rule")
  end
  return lines
end

local function refchain_line(self, changes, width)
  local moment, titles = self:step().moment, step_text.refchain(self:step().moment)
  for i, birth in ipairs(moment.refchain) do
    if changes.objects[birth] == "new" then titles[i] = "+" .. titles[i] end
  end
  return line(fit("refchain   " .. table.concat(titles, " → "), width, true))
end

local function generations_line(self, changes, width)
  local parts, narrow = {}, width < 60
  for i, generation in ipairs(self:step().moment.generations) do
    local sign = changes.generations[i] and "*" or ""
    if generation.threshold then
      parts[#parts + 1] = ("%s%d: %d/%d"):format(sign, generation.generation, generation.count, generation.threshold)
                          .. (narrow and "" or (" (%d)"):format(generation.size))
    elseif generation.size > 0 then
      parts[#parts + 1] = ("%spermanent (%d)"):format(sign, generation.size)
    end
  end
  local collector = self:step().moment.collector
  local text = (narrow and "gen " or "generation ") .. table.concat(parts, "  ")
  if not collector.enabled then text = text .. "  gc off" end
  if collector.collections > 0 then text = text .. "  " .. step_text.plural(collector.collections, "collection") end
  return line(fit(text, width, true), next(changes.generations) and "changed" or nil)
end

local function caches_line(self, changes, width)
  local parts, changed = {}, false
  for _, row in ipairs(step_text.caches(self:step().moment, changes)) do
    local differs = row.was and row.was.size ~= row.cache.size
    changed = changed or differs
    local filling = row.cache.capacity and ("%d/%d"):format(row.cache.size, row.cache.capacity)
                    or tostring(row.cache.size)
    parts[#parts + 1] = ("%s%s %s"):format(differs and "*" or "", row.title, filling)
  end
  return line(fit("caches     " .. table.concat(parts, "  "), width, true), changed and "changed" or nil)
end

-- What happened since the step before, what was printed, and how it ended: at most so many
-- lines.
local function news(self, changes, height, width)
  local step, lines = self:step(), {}
  local function add(text, style) lines[#lines + 1] = line(fit(text, width, true), style) end

  if self.at == #self.steps then
    for _, text in ipairs(step_text.outcome(self.told)) do
      for _, part in ipairs(step_text.lines_of(text)) do add(part, "problem") end
    end
  end
  for _, text in ipairs(step_text.happened(step, changes)) do add("  " .. text) end
  local printed = step.output
  if self.at == #self.steps then printed = printed .. self.told.outcome.output end
  if printed ~= "" then
    for _, text in ipairs(step_text.lines_of(printed)) do add("| " .. text) end
  end
  if #lines > height then
    lines[height] = line(("  … %d more: e events, o output"):format(#lines - height + 1), "rule")
    for i = #lines, height + 1, -1 do lines[i] = nil end
  end
  return lines
end

local function title_line(self, width)
  local told = self.told
  local left = " " .. (told.title or told.file) .. " "
  local right = (" %s · step %d of %d · %s "):format(step_text.when(self), self.at, #self.steps, told.profile)
  if #right + 8 > width then right = (" %d of %d "):format(self.at, #self.steps) end
  return line(fit(left, math.max(width - columns(right), 0)) .. right, "title")
end

local KEYS = " n next  p back  s story  / search  g go to  : command  ? help  q quit"
local FEW_KEYS = " n next  p back  / find  ? help  q quit"

-- ------------------------------------------------------------------------------ layouts --

local function append(lines, more) return table.move(more, 1, #more, #lines + 1, lines) end

local function pad(lines, height)
  while #lines < height do lines[#lines + 1] = line "" end
  for i = #lines, height + 1, -1 do lines[i] = nil end
  return lines
end

local function heap_lines(self, changes, width, most)
  local lines = {
    generations_line(self, changes, width), refchain_line(self, changes, width), caches_line(self, changes, width),
  }
  for i = #lines, most + 1, -1 do lines[i] = nil end
  return lines
end

local function story_line(self, width)
  local story = self:story()
  return story and line(fit("-- " .. story:gsub("\n", " "), width, true), "story") or nil
end

local function since_rule(self, width)
  return rule(self.at > 1 and ("since step %d"):format(self.at - 1) or "the beginning", width)
end

-- One under the other: source, news, objects, heap.
local function stacked(self, width, height)
  local roomy = height >= 18
  local changes, lines = self:changes(), {}
  local heap = heap_lines(self, changes, width, height >= 9 and 3 or 1)
  local rest = height - #heap - (roomy and 3 or 0)
  local function add(part, rows)
    append(lines, pad(part, rows))
    rest = rest - rows
  end

  if height >= 8 and self.has_story then add({ story_line(self, width) }, 1) end
  local for_news = math.max(1, (rest + 3) // 5)
  local for_objects = math.min(self.most_rows + 1, (rest - for_news) * 2 // 3)
  add(source_lines(self, rest - for_news - for_objects), rest - for_news - for_objects)
  if roomy then append(lines, { since_rule(self, width) }) end
  add(news(self, changes, for_news, width), for_news)
  if roomy then append(lines, { rule("names and objects", width) }) end
  if rest >= 2 then add(object_lines(self, changes, rest, width), rest) end
  if roomy then append(lines, { rule("heap", width) }) end
  return pad(append(lines, heap), height)
end

-- On a wide screen: on the left source and news, on the right objects and heap.
local function side_by_side(self, width, height)
  local left_width = (width - 3) * 9 // 20
  local right_width = width - 3 - left_width
  local changes = self:changes()
  local left, right = {}, {}
  if self.has_story then append(left, pad({ story_line(self, left_width) }, 1)) end
  local for_news = height // 3
  local for_source = height - #left - 1 - for_news
  append(left, pad(source_lines(self, for_source), for_source))
  append(left, { since_rule(self, left_width) })
  pad(append(left, news(self, changes, for_news, left_width)), height)
  local heap = heap_lines(self, changes, right_width, 3)
  append(right, pad(object_lines(self, changes, height - #heap - 1, right_width), height - #heap - 1))
  append(right, { rule("heap", right_width) })
  append(right, heap)
  local lines = {}
  for i = 1, height do
    lines[i] = { left = fit(left[i].text, left_width), left_style = left[i].style, text = right[i].text,
                 style = right[i].style }
  end
  return lines
end

-- A text as pieces that fit, cut between words where that can be; what follows the first
-- is indented.
local function wrapped(text, width)
  local pieces, indent = {}, "    "
  text = plain(text)
  while columns(text) > width and width > #indent + 1 do
    local cut, used = 0, 0
    for at, code in utf8.codes(text) do
      used = used + columns(utf8.char(code))
      if used > width then break end
      cut = at + #utf8.char(code) - 1
    end
    local space = text:sub(1, cut + 1):match "^.*%S() +%S*$"
    if space and space > #indent + 1 then cut = space - 1 end
    pieces[#pieces + 1] = text:sub(1, cut)
    text = indent .. text:sub(cut + 1):gsub("^ +", "")
  end
  pieces[#pieces + 1] = text
  return pieces
end

-- The lines of a view, from `self.top` on.
local function view_lines(self, height, width)
  local all = {}
  for _, text in ipairs(self.view_text) do append(all, wrapped(text, width)) end
  self.top = math.max(1, math.min(self.top, #all - height + 2))
  local lines = { rule(("%s: up, down; any other key goes back"):format(self.view), width) }
  for i = self.top, math.min(#all, self.top + height - 2) do lines[#lines + 1] = line(all[i]) end
  return pad(lines, height)
end

local function bottom_line(self, width)
  if self.typing then return line(self.typing.prompt .. self.typing.text) end
  if self.message then return line(" " .. self.message, "problem") end
  return line(width < #KEYS and FEW_KEYS or KEYS, "rule")
end

-- All lines of the screen.
local function frame(self, width, height)
  if height < 4 or width < 12 then return pad({ title_line(self, width), bottom_line(self, width) }, height) end
  local body = self.view and view_lines(self, height - 2, width)
               or width >= 120 and height >= 16 and side_by_side(self, width, height - 2)
               or stacked(self, width, height - 2)
  table.insert(body, 1, title_line(self, width))
  body[#body + 1] = bottom_line(self, width)
  return body
end

-- -------------------------------------------------------------------------------- paint --

local function paint(self, text, style)
  if style and STYLES[style] and (self.colours or style == "title") then
    return ("\27[%sm%s\27[0m"):format(STYLES[style], text)
  end
  return text
end

local function draw(self)
  local width, height = terminal.size()
  local pieces = { "\27[?25l\27[H" }
  for i, each in ipairs(frame(self, width, height)) do
    if i > 1 then pieces[#pieces + 1] = "\r\n" end
    if each.left then
      pieces[#pieces + 1] = paint(self, each.left, each.left_style) .. paint(self, " │ ", "rule")
      width = width - 3 - columns(each.left)
    end
    pieces[#pieces + 1] = paint(self, fit(each.text, width, true), each.style) .. "\27[K"
    width = terminal.size()
  end
  pieces[#pieces + 1] = "\27[J"
  if self.typing then
    local column = columns(self.typing.prompt .. self.typing.text)
    pieces[#pieces + 1] = ("\27[%d;%dH\27[?25h"):format(height, math.min(column + 1, width))
  end
  io.write(table.concat(pieces))
end

-- --------------------------------------------------------------------------------- keys --

local SEQUENCES = {
  ["\27[C"] = "right", ["\27[D"] = "left", ["\27[A"] = "up", ["\27[B"] = "down", ["\27OC"] = "right",
  ["\27OD"] = "left", ["\27OA"] = "up", ["\27OB"] = "down", ["\27[H"] = "home", ["\27[F"] = "end",
  ["\27OH"] = "home", ["\27OF"] = "end", ["\27[1~"] = "home", ["\27[4~"] = "end", ["\27[5~"] = "page up",
  ["\27[6~"] = "page down", ["\27[7~"] = "home", ["\27[8~"] = "end",
}
local CONTROLS = {
  ["\r"] = "enter", ["\n"] = "enter", ["\127"] = "backspace", ["\8"] = "backspace", ["\3"] = "interrupt",
  ["\4"] = "quit", ["\26"] = "suspend", ["\12"] = "redraw", [" "] = " ", ["\27"] = "escape",
}

-- The keys in some bytes, one after the other.
local function keys_in(text)
  local at = 1
  return function()
    if at > #text then return nil end
    local sequence = text:match("^\27[%[O][%d;]*[%a~]", at)
    if sequence then
      at = at + #sequence
      return SEQUENCES[sequence] or "unknown"
    end
    local character = text:match("^[\xC2-\xF4][\x80-\xBF]+", at) or text:sub(at, at)
    at = at + #character
    return CONTROLS[character] or character
  end
end

local COMMANDS = {
  n = "n", [" "] = "n", enter = "n", right = "n", l = "n", p = "p", left = "p", backspace = "p", h = "p", b = "p",
  s = "s", S = "S", home = "first", ["<"] = "first", ["end"] = "last", [">"] = "last", G = "last",
  ["page down"] = "n 10", ["page up"] = "p 10", ["."] = ".", e = "events", o = "output", O = "objects",
  r = "refchain", c = "collections", C = "caches", v = "source", ["?"] = "help", q = "quit", quit = "quit",
}
local PROMPTS = { ["/"] = "/", ["\\"] = "\\", g = "goto ", [":"] = ":", ["#"] = "/#" }

local KEY_HELP = {
  "Keys:",
  "  n, right, space  the next step             p, left  the step before",
  "  s, S             the next, last step of the story",
  "  home, end        the first, the last step   page down, page up  ten steps",
  "  down, up         other objects, where there are more than fit",
  "  g 5, g :12       go to step 5, to line 12",
  "  /#3  /v1  /text  the next change of an object, of a name; a line with the text",
  "  \\#3  .          backwards; once more",
  "  e events  o output  O objects  r refchain  C caches  c collections  v source",
  "  :                a typed command            q        leave",
  "",
  "Signs: + new, * changed, - gone since the step before.  In generations and caches: how many",
  "of how many; (in parentheses) the objects there.  Nothing runs here: each step was recorded.",
  "",
  "Typed commands:",
}

local function show_view(self, name)
  self.view, self.top = name, 1
  self.view_text = step_text.views[name](self)
  if name == "help" then self.view_text = append(table.move(KEY_HELP, 1, #KEY_HELP, 1, {}), self.view_text) end
end

-- Carry out a command; true when it is time to leave.
local function carry_out(self, command)
  local what, detail = self:command(command)
  if what == "quit" then return true end
  if what == "moved" then
    self.scroll = nil
  elseif what == "view" and detail ~= "show" then
    show_view(self, detail)
  elseif not what then
    self.message = detail
  end
  return false
end

-- A key while a line is typed.
local function type_key(self, key)
  local typing = self.typing
  if key == "enter" then
    self.typing = nil
    local text = typing.text
    if typing.prompt == ":" then
      if text:match "%S" then return carry_out(self, text) end
      return false
    end
    if typing.prompt == "goto " then return text:match "%S" and carry_out(self, "goto " .. text) or false end
    return carry_out(self, typing.prompt .. text)
  elseif key == "escape" or key == "interrupt" or key == "backspace" and typing.text == "" then
    self.typing = nil
  elseif key == "backspace" then
    typing.text = typing.text:gsub("[^\x80-\xBF][\x80-\xBF]*$", "")
  elseif #key == 1 and key:byte() >= 32 or key:byte() >= 0xC2 then
    typing.text = typing.text .. key
  end
  return false
end

local function view_key(self, key)
  local page = select(2, terminal.size()) - 4
  local distance = ({ down = 1, up = -1, ["page down"] = page, ["page up"] = -page, [" "] = page })[key]
  if distance then
    self.top = self.top + distance
  else
    self.view = nil
  end
end

-- True when it is time to leave.
local function press(self, screen, key)
  self.message = nil
  if key == "suspend" then
    screen:suspend()
  elseif self.typing then
    return type_key(self, key)
  elseif key == "interrupt" then
    self.interrupted = true
    return true
  elseif self.view and key ~= "q" then
    view_key(self, key)
  elseif key == "q" and self.view then
    self.view = nil
  elseif key == "down" or key == "up" then
    self.scroll = (self.scroll or 1) + (key == "down" and 1 or -1)
  elseif PROMPTS[key] then
    self.typing = { prompt = PROMPTS[key], text = "" }
  elseif COMMANDS[key] then
    return carry_out(self, COMMANDS[key])
  elseif key ~= "redraw" then
    self.message = "? shows all keys"
  end
  return false
end

-- Go through a chronicle on the screen, until the user leaves.  Gives the exit status; nil
-- when there is no terminal for it.
return function(told, colours)
  local screen <close> = terminal.screen()
  if not screen then return nil end
  local self = walk.new(told)
  self.colours, self.most_rows = colours, 1
  for _, step in ipairs(self.steps) do
    self.most_rows = math.max(self.most_rows, #step_text.shown_objects(step.moment) + 1)
    self.has_story = self.has_story or step.kind == "step"
  end
  while true do
    draw(self)
    local typed = screen:read()
    if not typed then return 0 end
    for key in keys_in(typed) do
      if press(self, screen, key) then return self.interrupted and 130 or 0 end
    end
  end
end
