-- What there is to say of a step, in words: pieces for the screen (step_screen.lua), and the
-- whole of it as lines for `--plain`.

local measure = require "refchain.picture.measure"
local output = require "lab.output"
local phase_text = require "refchain.phase_text"
local tables = require "refchain.picture.tables"
local walk = require "lab.walk"

local step_text = {}

local function plural(count, thing) return ("%d %s%s"):format(count, thing, count == 1 and "" or "s") end

step_text.plural = plural

-- ----------------------------------------------------------------------------- objects --

-- "list #12"; what start-up made has no number.
function step_text.title(object)
  local kind = measure.clean(object.type)
  return object.birth > 0 and ("%s #%d"):format(kind, object.birth) or kind
end

function step_text.generation(generation)
  if generation == "permanent" then return "permanent" end
  return generation and ("generation %d"):format(generation) or "untracked"
end

-- A name, with its frame if that is not the scenario's own.
function step_text.name(name)
  local text = measure.clean(name.name)
  return name.frame > 0 and ("%s (frame %d)"):format(text, name.frame) or text
end

-- By birth: the names that mean an object, in order.
function step_text.names_by_birth(moment)
  local found = {}
  for _, name in ipairs(moment.names) do
    found[name.birth] = found[name.birth] or {}
    table.insert(found[name.birth], name)
  end
  return found
end

-- Why an object without a name is there.
function step_text.standing(object, temporaries)
  for _, birth in ipairs(temporaries) do
    if birth == object.birth then return "temporary" end
  end
  if object.reach == "garbage" then return "garbage" end
  return object.reach == "other" and "held by the interpreter" or nil
end

-- The objects that are worth a line: containers first, each in order of birth; what
-- start-up made only if it has a name.
function step_text.shown_objects(moment)
  local names, containers, atoms = step_text.names_by_birth(moment), {}, {}
  for _, object in ipairs(moment.objects) do
    if not object.atom and (object.birth > 0 or names[object.birth]) then
      containers[#containers + 1] = object
    elseif object.birth > 0 or names[object.birth] then
      atoms[#atoms + 1] = object
    end
  end
  table.move(atoms, 1, #atoms, #containers + 1, containers)
  return containers, names
end

function step_text.death(gone)
  if gone.died == "collector" then return "destroyed by the collector" end
  return gone.died and "destroyed" or "no longer shown"
end

-- ------------------------------------------------------------------------------ events --

local function subject(event) return step_text.title(event) end

local LABELS = {
  created = function() return "created" end,
  destroyed = function(event) return event.by_collector and "destroyed by the collector" or "destroyed" end,
  tracked = function() return "tracked" end,
  untracked = function() return "untracked" end,
  ["memory returned"] = function() return "memory given back" end,
  ["generation changed"] = function(event)
    if not event.generation then return "taken out of its generation" end
    return event.generation == "permanent" and "frozen" or ("moved to generation %d"):format(event.generation)
  end,
  ["weakref cleared"] = function() return "weak reference cleared" end,
  ["finalizer called"] = function() return "finalizer called" end,
}

local function item_of(event)
  if event.kind == "created" then return ("%s (%s)"):format(subject(event), event.origin) end
  if event.kind == "memory returned" then return ("%d bytes at 0x%x"):format(event.size, event.id) end
  return subject(event)
end

local function collection_text(event)
  if event.kind == "collection started" then
    return ("collection of generation %d begins"):format(event.generation)
  end
  local rest = event.uncollectable > 0 and (", %d uncollectable"):format(event.uncollectable) or ""
  return ("collection of generation %d ends: found %d%s"):format(event.generation, event.collected, rest)
end

-- What goes without saying: a new container is tracked in generation 0, a dying one
-- untracked.
local function goes_without_saying(events, i, created)
  local event = events[i]
  if event.kind == "created" then created[event.birth] = true end
  if event.kind == "tracked" or event.kind == "generation changed" and event.generation == 0 then
    return created[event.birth]
  end
  local following = events[i + 1]
  return event.kind == "untracked" and following and following.kind == "destroyed" and following.birth == event.birth
end

-- A line for each event.
function step_text.events(step)
  local lines = {}
  for _, event in ipairs(step.events) do
    local label = LABELS[event.kind]
    lines[#lines + 1] = label and ("%s: %s"):format(label(event), item_of(event)) or collection_text(event)
  end
  if step.events.untold then lines[#lines + 1] = ("… and %d more"):format(step.events.untold) end
  return lines
end

local MOST_ITEMS = 6

local function enumerate(label, items)
  if #items > MOST_ITEMS then items[MOST_ITEMS] = ("… %d more"):format(#items - MOST_ITEMS + 1) end
  return label .. ": " .. table.concat(items, ", ", 1, math.min(#items, MOST_ITEMS))
end

-- What names mean, and which counts are others than before.
local function changed_names(moment, changes)
  local bound, gone, objects = {}, {}, {}
  for _, object in ipairs(moment.objects) do objects[object.birth] = object end
  for _, name in ipairs(moment.names) do
    local object = objects[name.birth]
    if changes.names[walk.name_key(name)] then
      bound[#bound + 1] = ("%s is %s"):format(step_text.name(name),
          not object and ("#%d"):format(name.birth) or object.atom and object.text or step_text.title(object))
    end
  end
  for i, name in ipairs(changes.gone_names) do gone[i] = step_text.name(name) end
  return bound, gone
end

local function changed_counts(moment, changes)
  local counts = {}
  for _, object in ipairs(moment.objects) do
    local was = changes.before[object.birth]
    if object.birth > 0 and was and was.refcount ~= object.refcount then
      counts[#counts + 1] = ("%s %d→%d"):format(step_text.title(object), was.refcount, object.refcount)
    end
  end
  return counts
end

-- What has happened since the step before: a line for names, for counts, and for each run
-- of events of one kind.
function step_text.happened(step, changes)
  local lines = {}
  local bound, gone = changed_names(step.moment, changes)
  local counts = changed_counts(step.moment, changes)
  if #bound > 0 then lines[#lines + 1] = enumerate("names", bound) end
  if #gone > 0 then lines[#lines + 1] = enumerate("names gone", gone) end
  if #counts > 0 then lines[#lines + 1] = enumerate("counts", counts) end
  return table.move(step_text.event_runs(step), 1, #step.events + 1, #lines + 1, lines)
end

-- A line for each run of events of one kind.
function step_text.event_runs(step)
  local lines, group, created = {}, nil, {}

  local function finish()
    if not group then return end
    lines[#lines + 1] = enumerate(group.label, group.items)
    group = nil
  end

  for i, event in ipairs(step.events) do
    if not goes_without_saying(step.events, i, created) then
      local label = LABELS[event.kind] and LABELS[event.kind](event)
      if not label then
        finish()
        lines[#lines + 1] = collection_text(event)
      else
        if not group or group.label ~= label then
          finish()
          group = { label = label, items = {} }
        end
        table.insert(group.items, item_of(event))
      end
    end
  end
  finish()
  if step.events.untold then lines[#lines + 1] = ("… and %d more events"):format(step.events.untold) end
  return lines
end

-- -------------------------------------------------------------------------------- heap --

-- "2 of 700", or what it was before, too.
local function change(text, was) return was and was ~= text and ("%s (was %s)"):format(text, was) or text end

function step_text.generations(moment, changes)
  local lines = {}
  for i, generation in ipairs(moment.generations) do
    local was = changes.generations[i]
    local size = change(plural(generation.size, "object"), was and plural(was.size, "object"))
    if generation.threshold then
      local count = ("%d of %d"):format(generation.count, generation.threshold)
      local before = was and ("%d of %d"):format(was.count, was.threshold)
      lines[#lines + 1] = ("generation %d: count %s, %s"):format(generation.generation, change(count, before), size)
    elseif generation.size > 0 or was then
      lines[#lines + 1] = "permanent generation: " .. size
    end
  end
  return lines
end

function step_text.collector(moment)
  local collector = moment.collector
  return ("collector %s, %s so far; long-lived: %d pending of %d"):format(
    collector.collecting and "at work" or collector.enabled and "enabled" or "disabled",
    plural(collector.collections, "collection"), collector.long_lived_pending, collector.long_lived_total)
end

-- The caches as { name =, title =, cache =, was = if it differs }; without `all` only those that
-- have something or have changed.
function step_text.caches(moment, changes, all)
  local rows = {}
  for _, row in ipairs(tables.cache_rows(moment)) do
    local cache, was = moment.caches[row.name], changes.caches[row.name]
    if all or cache.size > 0 or was and was.size ~= cache.size then
      rows[#rows + 1] = { name = row.name, title = row.title, cache = cache, was = was }
    end
  end
  return rows
end

function step_text.filling(cache)
  return cache.capacity and ("%d of %d"):format(cache.size, cache.capacity) or tostring(cache.size)
end

local function cache_line(row)
  local text = step_text.filling(row.cache)
  local was = row.was and row.was.size ~= row.cache.size and step_text.filling(row.was) or nil
  return ("%s: %s"):format(row.title, change(text, was))
end

-- Births as titles, newest first.
function step_text.refchain(moment)
  local titles = {}
  for i, birth in ipairs(moment.refchain) do
    titles[i] = ("%s #%d"):format(measure.clean(moment.refchain_types[i]), birth)
  end
  if moment.live > #titles then titles[#titles + 1] = ("… %d more"):format(moment.live - #titles) end
  titles[#titles + 1] = "what start-up made"
  return titles
end

-- ------------------------------------------------------------------------ where one is --

function step_text.when(self)
  local step = self:step()
  if step.kind == "end" then return step.text end
  if not step.line then return "" end
  return ("%s line %d"):format(step.kind == "step" and "at" or "before", step.line)
end

-- How the run ended, for its last step; nil elsewhere and when all was well.
function step_text.outcome(told)
  local outcome = told.outcome
  local lines = {}
  if outcome.status ~= "passed" then lines[1] = outcome.status .. ": " .. (outcome.message or "") end
  if told.skipped_steps > 0 then
    lines[#lines + 1] = ("not shown: %s, of lines that ran again and again or beyond the 1000th"):format(
      plural(told.skipped_steps, "step"))
  end
  return lines
end

-- Views that are lines, by name.
local views = {}
step_text.views = views

local function lines_of(text)
  local lines = {}
  for line in output.plain(text):gsub("\n$", ""):gmatch "[^\n]*" do lines[#lines + 1] = (line:gsub("\t", "    ")) end
  return lines
end
step_text.lines_of = lines_of

function views.source(self)
  local lines = {}
  for i, line in ipairs(self.told.source) do
    lines[i] = ("%s %3d  %s"):format(i == self:step().line and ">" or " ", i, line)
  end
  return lines
end

function views.events(self)
  local lines = step_text.events(self:step())
  return #lines > 0 and lines or { "nothing has happened since the step before" }
end

-- Where an object refers to another, as why says it: `dict #4 value of "k1"`.
local PLACES = {
  value = function(title, label)
    return title .. " value of " .. label:gsub("^%[(.*)%]$", "%1"):gsub("^'([^'\"]*)'$", '"%1"')
  end,
  attribute = function(title, label) return ("attribute %s of %s"):format(label:match "^%.?(.*)$", title) end,
  attributes = function(title) return "attributes of " .. title end,
}
local MOST_HOLDERS = 3

-- By birth: who holds an object, in words.
local function holders_by_birth(moment)
  local titles, found = {}, {}
  for _, object in ipairs(moment.objects) do titles[object.birth] = step_text.title(object) end
  for _, reference in ipairs(moment.references) do
    if reference.kind ~= "weak" then
      local place, title, label = PLACES[reference.kind], titles[reference.from], measure.clean(reference.label)
      found[reference.to] = found[reference.to] or {}
      table.insert(found[reference.to], place and place(title, label) or title .. " " .. label)
    end
  end
  return found
end

local function holders_text(object, holders)
  if not holders then return object.reach == "other" and "held by the interpreter" or "held by objects not shown" end
  local more = #holders > MOST_HOLDERS and (" and %d more"):format(#holders - MOST_HOLDERS) or ""
  if object.reach == "other" and object.refcount > #holders then more = more .. " and the interpreter" end
  return "held by " .. table.concat(holders, ", ", 1, math.min(#holders, MOST_HOLDERS)) .. more
end

-- "name v1", "name y of frame 1"
local function full_name(name)
  local text = "name " .. measure.clean(name.name)
  return name.frame > 0 and ("%s of frame %d"):format(text, name.frame) or text
end

function views.objects(self)
  local step, lines = self:step(), {}
  local names, holders = step_text.names_by_birth(step.moment), holders_by_birth(step.moment)
  for _, object in ipairs(step.moment.objects) do
    local called = {}
    for i, name in ipairs(names[object.birth] or {}) do called[i] = full_name(name) end
    local who = #called > 0 and table.concat(called, ", ")
                or object.reach ~= "other" and step_text.standing(object, step.moment.temporaries)
                or holders_text(object, holders[object.birth])
    lines[#lines + 1] = ("%s: %s, count %d, %s, id 0x%x, %d bytes, %s; %s"):format(step_text.title(object), object.text,
        object.refcount, step_text.generation(object.generation), object.id, object.size, object.origin, who)
  end
  for _, row in ipairs(step.moment.hidden) do
    lines[#lines + 1] = row.from and ("#%d refers to %s not shown"):format(row.from, plural(row.count, row.type))
                        or ("not shown: %s%s"):format(plural(row.count, row.type), row.garbage and ", garbage" or "")
  end
  return #lines > 0 and lines or { "no objects" }
end

function views.refchain(self)
  local lines = { "newest first:" }
  for _, title in ipairs(step_text.refchain(self:step().moment)) do lines[#lines + 1] = "  " .. title end
  return lines
end

function views.caches(self)
  local lines, changes = {}, self:changes()
  for _, row in ipairs(step_text.caches(self:step().moment, changes, true)) do
    lines[#lines + 1] = ("%s; used again %d, found empty %d"):format(cache_line(row), row.cache.hits, row.cache.misses)
  end
  return lines
end

function views.collections(self)
  local lines = {}
  for i, collection in ipairs(self:step().collections) do
    if #self:step().collections > 1 then lines[#lines + 1] = ("collection %d"):format(i) end
    for _, phase in ipairs(collection.phases or collection) do
      for _, line in ipairs(phase_text.lines(phase, math.huge)) do lines[#lines + 1] = line end
    end
  end
  return #lines > 0 and lines or { "no collection since the step before" }
end

function views.output(self)
  local pieces = {}
  for i = 1, self.at do pieces[i] = self.steps[i].output end
  if self.at == #self.steps then pieces[#pieces + 1] = self.told.outcome.output end
  local text = table.concat(pieces)
  return text ~= "" and lines_of(text) or { "nothing has been printed yet" }
end

function views.help() return walk.help() end

-- ------------------------------------------------------------------------- plain lines --

local SIGNS = { new = "new: ", changed = "changed: " }

local function object_lines(self, lines, changes)
  local moment = self:step().moment
  local objects, names = step_text.shown_objects(moment)
  if #objects > 0 or #changes.gone > 0 then lines[#lines + 1] = "objects:" end
  for _, object in ipairs(objects) do
    local called = {}
    for i, name in ipairs(names[object.birth] or {}) do called[i] = step_text.name(name) end
    local who = #called > 0 and " (" .. table.concat(called, ", ") .. ")" or ""
    local standing = #called == 0 and step_text.standing(object, moment.temporaries)
    local was = changes.before[object.birth]
    lines[#lines + 1] = ("  %s%s%s%s: %s, count %s, %s"):format(
      SIGNS[changes.objects[object.birth]] or "", step_text.title(object), who,
      standing and ", " .. standing or "", object.text,
      change(tostring(object.refcount), was and tostring(was.refcount)),
      change(step_text.generation(object.generation), was and step_text.generation(was.generation)))
  end
  for _, gone in ipairs(changes.gone) do
    lines[#lines + 1] = ("  gone: %s, %s"):format(step_text.title(gone.object), step_text.death(gone))
  end
end

local function name_lines(self, lines, changes)
  local moment, objects = self:step().moment, {}
  for _, object in ipairs(moment.objects) do objects[object.birth] = object end
  if #moment.names > 0 or #changes.gone_names > 0 then lines[#lines + 1] = "names:" end
  for _, name in ipairs(moment.names) do
    local object = objects[name.birth]
    local means = object and (object.atom and object.type .. " " .. object.text or step_text.title(object))
                  or ("#%d"):format(name.birth)
    local sign = SIGNS[changes.names[walk.name_key(name)]] or ""
    lines[#lines + 1] = ("  %s%s: %s"):format(sign, step_text.name(name), means)
  end
  for _, name in ipairs(changes.gone_names) do lines[#lines + 1] = "  gone: " .. step_text.name(name) end
end

local function section(lines, title, rows)
  if #rows == 0 then return end
  lines[#lines + 1] = title
  for _, row in ipairs(rows) do lines[#lines + 1] = "  " .. row end
end

-- The state at a step, as lines.
function step_text.state(self)
  local step, changes = self:step(), self:changes()
  local lines = { ("step %d of %d, %s"):format(self.at, #self.steps, step_text.when(self)) }
  if step.kind == "line" and step.line then
    lines[#lines + 1] = ("  %s"):format(self.told.source[step.line] or "")
  end
  local story = self:story()
  if story then section(lines, "story:", lines_of(story)) end
  if self.at > 1 then
    local happened = step_text.happened(step, changes)
    section(lines, ("since step %d:"):format(self.at - 1), happened)
  end
  if step.output ~= "" then section(lines, "printed:", lines_of(step.output)) end
  name_lines(self, lines, changes)
  object_lines(self, lines, changes)
  lines[#lines + 1] = "refchain: " .. table.concat(step_text.refchain(step.moment), ", ")
  for _, line in ipairs(step_text.generations(step.moment, changes)) do lines[#lines + 1] = line end
  lines[#lines + 1] = step_text.collector(step.moment)
  local caches = {}
  for i, row in ipairs(step_text.caches(step.moment, changes)) do caches[i] = cache_line(row) end
  lines[#lines + 1] = "caches: " .. (#caches > 0 and table.concat(caches, "; ") or "empty")
  if self.at == #self.steps then
    if self.told.outcome.output ~= "" then section(lines, "printed after that:", lines_of(self.told.outcome.output)) end
    for _, line in ipairs(step_text.outcome(self.told)) do lines[#lines + 1] = line end
  end
  return lines
end

return step_text
