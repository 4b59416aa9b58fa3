-- Going through a chronicle: where one stands, what has changed since the step before,
-- and the commands that lead elsewhere.  What is shown of it, and how, is step_text's and
-- step_screen's business.

local walk = {}
walk.__index = walk

-- ------------------------------------------------------------------------- differences --

local function by_birth(moment)
  local found = {}
  for _, object in ipairs(moment and moment.objects or {}) do found[object.birth] = object end
  return found
end

-- What each object refers to, as tables that are the same where nothing has changed.
local function references_by_birth(moment)
  local found = {}
  for _, group in ipairs { "references", "hidden" } do
    for _, reference in ipairs(moment and moment[group] or {}) do
      local from = reference.from or false
      found[from] = found[from] or {}
      table.insert(found[from], reference)
    end
  end
  return found
end

local function are_same(a, b)
  if a == b then return true end
  if not (a and b) or #a ~= #b then return false end
  for i = 1, #a do
    if not rawequal(a[i], b[i]) then return false end
  end
  return true
end

local function destroyed_births(step)
  local found = {}
  for _, event in ipairs(step.events) do
    if event.kind == "destroyed" then found[event.birth] = event.by_collector and "collector" or "count" end
  end
  return found
end

-- Whether all living objects are among the shown ones.
local function shows_all(moment)
  for _, row in ipairs(moment.hidden) do
    if not row.from then return false end
  end
  return true
end

local function name_key(name) return name.frame .. " " .. name.name end

local function names_by_key(moment)
  local found = {}
  for _, name in ipairs(moment and moment.names or {}) do found[name_key(name)] = name end
  return found
end

-- What differs between the step before (nil: there is none, nothing is new) and `step`:
--
--   objects      by birth: "new", "changed"
--   before       by birth: the object as it was
--   gone         the objects that are not there any more, in order, with `died` = "count",
--                "collector", "unknown"; or nil: they live, but are not shown
--   names        by frame and name: "new", "changed"; gone_names: those that are no more
--   generations, caches    by index, by name: as they were, if they differ
function walk.difference(before, step)
  local result = { objects = {}, before = {}, gone = {}, names = {}, gone_names = {}, generations = {}, caches = {} }
  if not before then return result end
  local old, new = before.moment, step.moment
  local were, are, died = by_birth(old), by_birth(new), destroyed_births(step)
  local had, have = references_by_birth(old), references_by_birth(new)
  for birth, object in pairs(are) do
    result.before[birth] = were[birth]
    if not were[birth] then
      result.objects[birth] = "new"
    elseif not rawequal(were[birth], object) or not are_same(had[birth], have[birth]) then
      result.objects[birth] = "changed"
    end
  end
  for _, object in ipairs(old.objects) do
    local birth = object.birth
    if not are[birth] and birth > 0 then
      table.insert(result.gone, { object = object, died = died[birth] or shows_all(new) and "unknown" or nil })
    end
  end
  local had_names, have_names = names_by_key(old), names_by_key(new)
  for key, name in pairs(have_names) do
    if not had_names[key] then
      result.names[key] = "new"
    elseif had_names[key].birth ~= name.birth then
      result.names[key] = "changed"
    end
  end
  for _, name in ipairs(old.names) do
    if not have_names[name_key(name)] then table.insert(result.gone_names, name) end
  end
  for i, generation in ipairs(new.generations) do
    if not rawequal(generation, old.generations[i]) then result.generations[i] = old.generations[i] end
  end
  for name, cache in pairs(new.caches) do
    if not rawequal(cache, old.caches[name]) then result.caches[name] = old.caches[name] end
  end
  return result
end

walk.name_key = name_key

-- ---------------------------------------------------------------------------- position --

function walk.new(told)
  return setmetatable({ told = told, steps = told.steps, at = 1 }, walk)
end

function walk:step() return self.steps[self.at] end
function walk:before() return self.steps[self.at - 1] end
function walk:changes() return walk.difference(self:before(), self:step()) end

-- What the scenario has last said that it does.
function walk:story()
  for i = self.at, 1, -1 do
    if self.steps[i].kind == "step" then return self.steps[i].text end
  end
  return nil
end

local function number(text) return math.tointeger(tonumber(text)) end

-- Go to a step; false, and a message, if there is none.
function walk:go(to)
  if to < 1 then return false, "this is the first step" end
  if to > #self.steps then return false, "this is the last step" end
  self.at = to
  return true
end

function walk:go_by(distance)
  local to = math.max(1, math.min(#self.steps, self.at + distance))
  if to == self.at then return self:go(self.at + distance) end
  return self:go(to)
end

-- The next step (or the one before) for which `is_wanted` is true.
function walk:seek(is_wanted, direction, problem)
  local i = self.at + direction
  while self.steps[i] do
    if is_wanted(self.steps[i], self.steps[i - 1]) then return self:go(i) end
    i = i + direction
  end
  return false, problem
end

-- The steps at a line: the next one, else the first.
function walk:go_to_line(line)
  local function at_line(step) return step.line == line end
  if self:seek(at_line, 1) then return true end
  for i, step in ipairs(self.steps) do
    if at_line(step) then return self:go(i) end
  end
  return false, ("there is no step at line %d"):format(line)
end

-- ----------------------------------------------------------------------------- search --

-- Whether anything of the object has changed at `step`.
local function object_changes(birth, step, before)
  for _, event in ipairs(step.events) do
    if event.birth == birth then return true end
  end
  if not before or rawequal(before.moment, step.moment) then return false end
  local changes = walk.difference(before, step)
  if changes.objects[birth] then return true end
  for _, gone in ipairs(changes.gone) do
    if gone.object.birth == birth then return true end
  end
  return false
end

-- The birth of what a name means at a step.
local function meaning(name, step)
  for i = #step.moment.names, 1, -1 do
    if step.moment.names[i].name == name then return step.moment.names[i].birth end
  end
  return nil
end

local function name_changes(name, step, before)
  local birth, was = meaning(name, step), before and meaning(name, before)
  return birth ~= was or birth and object_changes(birth, step, before)
end

local function is_name(steps, text)
  for _, step in ipairs(steps) do
    if meaning(text, step) then return true end
  end
  return false
end

-- Go to the next change (`direction` 1) or the one before (-1) of "list #3", "#3", or of a
-- name and what it means; or to the next line that contains the text.
function walk:search(text, direction)
  text = text:match "^%s*(.-)%s*$"
  if text == "" then return false, "what is to be looked for? #3, a name, or some text of a line" end
  self.searched = text
  local birth = number(text:match "#(%-?%d+)$")
  local beyond = direction > 0 and "after" or "before"
  if birth then
    return self:seek(function(step, before) return object_changes(birth, step, before) end, direction,
                     ("#%d does not change %s this step"):format(birth, beyond))
  elseif is_name(self.steps, text) then
    return self:seek(function(step, before) return name_changes(text, step, before) end, direction,
                     ("%s does not change %s this step"):format(text, beyond))
  end
  local wanted = text:lower()
  return self:seek(function(step)
    local line = step.line and self.told.source[step.line] or ""
    return (line .. "\n" .. (step.text or "")):lower():find(wanted, 1, true) ~= nil
  end, direction, ("'%s' is no name, and in no line %s this step"):format(text, beyond))
end

-- ---------------------------------------------------------------------------- commands --

local function times(argument)
  if argument == "" then return 1 end
  local count = number(argument)
  return count and count > 0 and count or nil
end

local function with_count(f)
  return function(self, argument)
    local count = times(argument)
    if not count then return false, ("'%s' is not a number of steps"):format(argument) end
    return f(self, count)
  end
end

local function seek_story(direction)
  return with_count(function(self, count)
    local moved, problem = false, nil
    for _ = 1, count do
      local done
      done, problem = self:seek(function(step) return step.kind == "step" end, direction,
                                direction > 0 and "the scenario has no further step"
                                or "the scenario has no step before")
      moved = moved or done
      if not done then break end
    end
    return moved, problem
  end)
end

local function go_to(self, argument)
  local line = number(argument:match "^line%s*(%d+)$" or argument:match "^:%s*(%d+)$")
  if line then return self:go_to_line(line) end
  local to = number(argument)
  if not to then return false, "write goto 5 for a step, line 12 for a line" end
  if to < 1 or to > #self.steps then
    return false, ("there is no step %d; there are 1 to %d"):format(to, #self.steps)
  end
  return self:go(to)
end

-- Names of a command, what follows it, what it does, and the function.
local COMMANDS = {
  { { "n", "next" }, "[K]", "the next step (K steps on); so does an empty line",
    with_count(function(self, count) return self:go_by(count) end) },
  { { "p", "b", "back", "prev" }, "[K]", "the step before",
    with_count(function(self, count) return self:go_by(-count) end) },
  { { "s", "step" }, "[K]", "the next step of the scenario's story", seek_story(1) },
  { { "S" }, "[K]", "the one before", seek_story(-1) },
  { { "goto", "go", "g" }, "N", "step N; so does N alone", go_to },
  { { "line" }, "N", "the next step at line N of the file",
    function(self, argument) return go_to(self, "line " .. argument) end },
  { { "first" }, "", "the first step", function(self) return self:go(1) end },
  { { "last" }, "", "the last step", function(self) return self:go(#self.steps) end },
  { { "/" }, "TEXT", "the next change of an object (/#3, /list #3), of a name (/v1), or the next line with TEXT",
    function(self, argument) return self:search(argument, 1) end },
  { { "\\" }, "TEXT", "the same, backwards", function(self, argument) return self:search(argument, -1) end },
  { { "again", "." }, "", "search again",
    function(self) return self:search(self.searched or "", 1) end },
}

-- What shows something else than the state; the program does it.
local VIEWS = {
  { { "show" }, "", "the state once more" },
  { { "source" }, "", "the whole file" },
  { { "events" }, "", "all that happened since the step before, one by one" },
  { { "objects" }, "", "every object that is shown, with id, size and origin" },
  { { "refchain" }, "", "the refchain" },
  { { "caches" }, "", "all pools, caches and free lists" },
  { { "collections" }, "", "the collections since the step before, phase by phase" },
  { { "output" }, "", "what the scenario has printed so far" },
  { { "help", "?" }, "", "this help" },
  { { "quit", "q" }, "", "leave" },
}

local by_name = {}
for _, group in ipairs { COMMANDS, VIEWS } do
  for _, command in ipairs(group) do
    for _, name in ipairs(command[1]) do by_name[name] = command end
  end
end

-- Carry out a command.  Gives "moved"; "view" and its name; "quit"; or nil and what is
-- wrong.
function walk:command(text)
  text = text:match "^%s*(.-)%s*$"
  local name, argument = text:match "^([%a]+)%s*(.-)$"
  if text == "" then name, argument = "n", "" end
  if text:match "^%d+$" then name, argument = "goto", text end
  if text:match "^:%s*%d+$" then name, argument = "goto", text end
  if text:match "^#%-?%d+$" then name, argument = "/", text end
  if text:match "^[/\\?.]" then name, argument = text:sub(1, 1), text:sub(2) end
  local command = by_name[name]
  if not command then return nil, ("no command is called '%s'; ? shows them all"):format(name or text) end
  if command[2] == "" and argument ~= "" then return nil, ("'%s' takes nothing"):format(name) end
  if not command[4] then
    local view = command[1][1]
    if view == "quit" then return "quit" end
    return "view", view
  end
  local done, problem = command[4](self, argument)
  if done then return "moved" end
  return nil, problem
end

-- The lines of the help on commands.
function walk.help()
  local lines = {}
  for _, group in ipairs { COMMANDS, VIEWS } do
    for _, command in ipairs(group) do
      local how = table.concat(command[1], ", ") .. (command[2] ~= "" and " " .. command[2] or "")
      lines[#lines + 1] = ("  %-16s %s"):format(how, command[3])
    end
  end
  return lines
end

return walk
