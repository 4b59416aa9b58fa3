-- What changed from one moment to the next, as sentences: names, births, deaths, counts,
-- generations.

local changes = {}

local MOST = 12                         -- sentences of a kind; the others are counted

-- "list #12"; what start-up made has no number.
local function label(birth, type) return birth > 0 and ("%s #%d"):format(type, birth) or type end
changes.label = label

-- The same of an object: "int 11" is what start-up made.
local function title(object)
  local name = label(object.birth, object.type)
  return object.birth <= 0 and object.atom and ("%s %s"):format(name, object.text) or name
end

local function by_birth(moment)
  local objects = {}
  for _, object in ipairs(moment and moment.objects or {}) do objects[object.birth] = object end
  return objects
end

-- What a name stands for, in words.
local function meaning(objects, name)
  local object = objects[name.birth]
  return object and title(object) or "#" .. name.birth
end

local function by_name(moment)
  local names = {}
  for _, name in ipairs(moment and moment.names or {}) do names[name.frame .. "\0" .. name.name] = name end
  return names
end

local function add_names(add, before, after)
  local old, new = by_name(before), by_name(after)
  local old_objects, new_objects = by_birth(before), by_birth(after)
  for _, name in ipairs(after.names) do
    local was = old[name.frame .. "\0" .. name.name]
    local now = meaning(new_objects, name)
    if not was then
      add("name", ("name %s: now %s"):format(name.name, now))
    elseif was.birth ~= name.birth then
      add("name", ("name %s: %s → %s"):format(name.name, meaning(old_objects, was), now))
    end
  end
  for _, name in ipairs(before and before.names or {}) do
    if not new[name.frame .. "\0" .. name.name] then
      add("name", ("name %s is gone; it was %s"):format(name.name, meaning(old_objects, name)))
    end
  end
end

-- Births and deaths of a kind, of one type: together they are one sentence.
local function add_life(lives, event, kind, ending)
  local key = table.concat({ kind, event.type, ending }, "\0")
  local life = lives[key]
  if not life then
    life = { kind = kind, type = event.type, ending = ending, count = 0, first = event.birth }
    lives[key], lives[#lives + 1] = life, life
  end
  life.count, life.last = life.count + 1, event.birth
end

local function add_lives(add, events)
  local lives = {}
  for _, event in ipairs(events) do
    if event.kind == "created" then
      add_life(lives, event, "born", "made" .. (event.origin and " from a " .. event.origin or ""))
    elseif event.kind == "destroyed" then
      add_life(lives, event, "died", event.by_collector and "destroyed by the collector" or "destroyed by its count")
    end
  end
  for _, life in ipairs(lives) do
    if life.count == 1 then
      add(life.kind, ("%s is %s"):format(label(life.first, life.type), life.ending))
    else
      add(life.kind, ("%d of type %s are %s, from #%d to #%d"):format(life.count, life.type,
                                                                       life.ending:gsub("its count", "their counts"),
                                                                       life.first, life.last))
    end
  end
end

local function generation(object)
  return object.generation == nil and "not tracked" or "generation " .. object.generation
end

local function add_counts(add, before, after)
  local old = by_birth(before)
  for _, object in ipairs(after.objects) do
    local was = old[object.birth]
    if was and was.type == object.type then
      if was.refcount ~= object.refcount then
        add("count", ("%s: count %d → %d"):format(title(object), was.refcount, object.refcount))
      end
      if was.generation ~= object.generation then
        add("generation", ("%s: %s → %s"):format(title(object), generation(was), generation(object)))
      end
      if was.reach ~= object.reach and object.reach == "garbage" then
        add("garbage", ("%s is garbage now: no name leads to it"):format(title(object)))
      end
    end
  end
end

-- A sequence of { kind = "name" | "born" | "died" | "count" | "generation" | "garbage",
-- text = }, in this order; `before` is nil for the first moment.
function changes.between(before, after, events)
  local kinds, found = {}, {}
  local function add(kind, text)
    kinds[kind] = kinds[kind] or {}
    table.insert(kinds[kind], { kind = kind, text = text })
  end
  add_names(add, before, after)
  add_lives(add, events)
  add_counts(add, before, after)
  for _, kind in ipairs { "name", "born", "died", "garbage", "count", "generation" } do
    local sentences = kinds[kind] or {}
    for i = 1, math.min(#sentences, MOST) do found[#found + 1] = sentences[i] end
    if #sentences > MOST then
      found[#found + 1] = { kind = kind, text = ("and %d more of this kind"):format(#sentences - MOST) }
    end
  end
  return found
end

-- ------------------------------------------------------------------------------ events --

local LONGEST = 64                      -- events of a round that repeats

-- What an event says, whomever of the type it concerns.
local function saying(event)
  local parts = {}
  for key, value in pairs(event) do
    if key ~= "birth" then parts[#parts + 1] = key .. "=" .. tostring(value) end
  end
  table.sort(parts)
  return table.concat(parts, "\0")
end

-- How often the `length` sayings from `first` on stand there, one round behind the other.
local function rounds(sayings, first, length)
  local at = first + length
  while sayings[at] and sayings[at] == sayings[at - length] do at = at + 1 end
  return (at - first) // length
end

-- Events in order, those of loops folded: a sequence of events and, behind the first round
-- of some that repeat, { again = how many, times =, last = the last of them }.
function changes.folded(events)
  local sayings, folded, at = {}, {}, 1
  for i, event in ipairs(events) do sayings[i] = saying(event) end
  while at <= #events do
    local best, times = 1, 1
    for length = 1, LONGEST do
      local found = rounds(sayings, at, length)
      if found > 2 and found * length > best * times then best, times = length, found end
    end
    table.move(events, at, at + best - 1, #folded + 1, folded)
    at = at + best * times
    if times > 1 then folded[#folded + 1] = { again = best, times = times - 1, last = events[at - 1] } end
  end
  return folded
end

return changes
