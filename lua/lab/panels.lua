-- What a page of the picture book shows of a step: each panel is a text of markup, made
-- anew from the step alone.  The texts of the panels that belong together stand in a card.

local markup = require "refchain.markup"
local picture = require "refchain.picture"
local changes = require "lab.changes"

local element, fragment = markup.element, markup.fragment

local panels = {}

local REFCHAIN = 16                     -- objects of it that are shown
local COLLECTIONS = 2                   -- of a step that are shown, the last ones
local EXAMINED = 12                     -- objects of a phase that are shown

-- ------------------------------------------------------------------------------ tables --

-- A table: { title =, header = texts, rows = sequences of texts }.
local function table_of(facts)
  local head, body = {}, {}
  for i, text in ipairs(facts.header) do head[i] = element("th", { scope = "col" }, text) end
  for i, row in ipairs(facts.rows) do
    local cells = {}
    for at, text in ipairs(row) do
      cells[at] = at == 1 and element("th", { scope = "row" }, text) or element("td", nil, text)
    end
    body[i] = element("tr", nil, cells)
  end
  return element("table", nil, {
    element("caption", nil, facts.title), element("thead", nil, element("tr", nil, head)),
    element("tbody", nil, body),
  })
end

local function none(text) return element("p", { class = "none" }, text) end

local function list_of(items, untold, name)
  local rows = {}
  for i, item in ipairs(items) do rows[i] = element("li", item.attributes, item.children) end
  if (untold or 0) > 0 then rows[#rows + 1] = element("li", nil, ("and %d more"):format(untold)) end
  return element(name or "ul", nil, rows)
end

-- ----------------------------------------------------------------------------- changes --

local MARKS = { name = "=", born = "+", died = "−", garbage = "!", count = "±", generation = "↑" }

local function changes_panel(step, before)
  local found = changes.between(before and before.moment, step.moment, step.events)
  if #found == 0 then return none "Nothing has changed." end
  local items = {}
  for i, change in ipairs(found) do
    local mark = element("span", { class = "mark", ["aria-hidden"] = "true" }, MARKS[change.kind])
    items[i] = { attributes = { class = change.kind }, children = { mark, change.text } }
  end
  return list_of(items)
end

-- ------------------------------------------------------------------------------ events --

local function of(event) return event.birth and changes.label(event.birth, event.type) or "" end

local SAYING = {
  created = function(event) return event.origin and " from a " .. event.origin end,
  destroyed = function(event) return event.by_collector and " by the collector" or " by its count" end,
  generation_changed = function(event) return event.generation and " to " .. event.generation end,
  collection_finished = function(event)
    return event.collected and (": %d freed, %d uncollectable"):format(event.collected, event.uncollectable or 0)
  end,
}

local function said_of(event)
  local say = SAYING[event.kind]
  return { element("code", nil, (event.kind:gsub("_", " "))), say and say(event) or "" }
end

local function again(event)
  local what = event.again == 1 and "the same again" or ("the last %d again"):format(event.again)
  return ("%s, %d times%s"):format(what, event.times, event.last.birth and ", to " .. of(event.last) or "")
end

-- What happens to one object, one thing after the other, is one line.
local function events_panel(step)
  if #step.events == 0 then return none "No events." end
  local items, birth = {}, nil
  for _, event in ipairs(changes.folded(step.events)) do
    if event.again then
      items[#items + 1] = { children = again(event) }
    elseif event.birth and event.birth == birth then
      local line = items[#items].children
      line[#line + 1], line[#line + 2] = ", ", said_of(event)
    else
      items[#items + 1] = { children = { of(event), event.birth and ": " or "", said_of(event) } }
    end
    birth = event.birth
  end
  return list_of(items, step.events.untold, "ol")
end

-- ------------------------------------------------------------------------- collections --

local PHASE_HEADER = { "object", "value", "reference count", "collector's copy", "from inside", "verdict" }

local function phase_table(phase)
  local rows = {}
  for i = 1, math.min(#phase.objects, EXAMINED) do
    local object = phase.objects[i]
    rows[i] = {
      changes.label(object.birth, object.type), object.text or "", object.refcount or "–", object.refs or "–",
      object.inside or "–", object.verdict or "–",
    }
  end
  return table_of { title = "Objects after phase " .. phase.name, header = PHASE_HEADER, rows = rows }
end

local function phase_part(phase)
  local part = { element("h4", nil, phase.name), element("p", nil, phase.meaning) }
  if #phase.objects > 0 then part[#part + 1] = phase_table(phase) end
  local more = (phase.untold or 0) + math.max(#phase.objects - EXAMINED, 0)
  if more > 0 then part[#part + 1] = element("p", nil, ("and %d more objects"):format(more)) end
  return element("section", { class = "phase" }, part)
end

local function collection_part(collection, number)
  local phases = {}
  for i, phase in ipairs(collection) do phases[i] = phase_part(phase) end
  return element("details", { class = "collection" }, {
    element("summary", nil, ("Collection %d: its %d phases"):format(number, #phases)), fragment(phases),
  })
end

local function collections_panel(step)
  if #step.collections == 0 then return none "The collector has not run." end
  local parts, count = {}, #step.collections
  local first = math.max(count - COLLECTIONS + 1, 1)
  if first > 1 then parts[1] = element("p", nil, ("The last %d of %d collections:"):format(COLLECTIONS, count)) end
  for i = first, count do parts[#parts + 1] = collection_part(step.collections[i], i) end
  return fragment(parts)
end

-- ------------------------------------------------------------------------------ output --

local function output_panel(step)
  if step.output == "" then return none "Nothing was printed." end
  return element("pre", { class = "output" }, step.output)
end

-- ---------------------------------------------------------------------------- pictures --

-- The moment with no more of its refchain than a reader follows around the ring.
local function of_newest(moment)
  if #moment.refchain <= REFCHAIN then return moment end
  return setmetatable({ refchain = { table.unpack(moment.refchain, 1, REFCHAIN) } }, { __index = moment })
end

local function refchain_svg(moment) return picture.refchain_svg(of_newest(moment)) end

-- A refchain's place is that of its row: a column of numbers would change with each birth.
local function refchain_table(moment)
  local facts = picture.refchain_table(of_newest(moment))
  local rows = {}
  for i, row in ipairs(facts.rows) do rows[i] = { table.unpack(row, 2) } end
  return { title = facts.title .. ", newest first", header = { table.unpack(facts.header, 2) }, rows = rows }
end

-- Free lists of tuples that nobody has used are one row, as they are in the picture.
local function caches_table(moment)
  local facts, rows, unused = picture.caches_table(moment), {}, 0
  for _, row in ipairs(facts.rows) do
    if row[1]:find("tuples of", 1, true) and row[2] == "0" and row[4] == "0" and row[5] == "0" then
      unused = unused + 1
    else
      rows[#rows + 1] = row
    end
  end
  if unused > 0 then rows[#rows + 1] = { ("tuples of %d other lengths"):format(unused), "0", "", "0", "0" } end
  return { title = facts.title, header = facts.header, rows = rows }
end

-- A picture and its twin, from a moment; what is drawn of one moment is drawn once.
local function drawn(draw)
  local known = setmetatable({}, { __mode = "k" })
  return function(step, _, places, reason)
    local moment = step.moment
    known[moment] = known[moment] or draw(moment, places, reason)
    return known[moment]
  end
end

local function twin(facts_of)
  return drawn(function(moment) return tostring(table_of(facts_of(moment))) end)
end

local function objects_svg(moment, places, reason)
  return picture.objects_svg(moment, places, { reason = reason })
end

-- --------------------------------------------------------------------------------- all --

-- Each card: a title and its panels; one with `stepping` is there with the script only.  A
-- panel has a name, what makes it from a step, the step before and the places of objects,
-- and, if it is the twin of a picture or seldom wanted, the words that open it.
panels.CARDS = {
  { title = "What changed", class = "changes", { name = "changes", make = changes_panel } },
  {
    title = "Names and objects", class = "objects",
    { name = "objects", make = drawn(objects_svg), picture = true },
    { name = "objects_table", make = twin(picture.objects_table), opens = "As a table" },
  },
  {
    title = "Generations", class = "generations",
    { name = "generations", make = drawn(function(moment) return picture.generations_svg(moment) end), picture = true },
    { name = "generations_table", make = twin(picture.generations_table), opens = "As a table" },
  },
  {
    title = "Refchain", class = "refchain", stepping = true,
    { name = "refchain", make = drawn(refchain_svg), picture = true },
    { name = "refchain_table", make = twin(refchain_table), opens = "As a table" },
  },
  {
    title = "Caches", class = "caches", stepping = true,
    { name = "caches", make = drawn(function(moment) return picture.caches_svg(moment) end), picture = true },
    { name = "caches_table", make = twin(caches_table), opens = "As a table" },
  },
  { title = "Collections", class = "collections", { name = "collections", make = collections_panel } },
  { title = "Printed", class = "printed", { name = "output", make = output_panel } },
  {
    title = "Events", class = "events", stepping = true,
    { name = "events", make = events_panel, opens = "The events one by one" },
  },
}

panels.NAMES = {}
for _, card in ipairs(panels.CARDS) do
  for _, panel in ipairs(card) do table.insert(panels.NAMES, panel.name) end
end

-- The texts of all panels of a step, by name.  `places` are those of objects in all pictures of
-- a run, or nil and the reason why there are none.
function panels.of(step, before, places, reason)
  local texts = {}
  for _, card in ipairs(panels.CARDS) do
    for _, panel in ipairs(card) do texts[panel.name] = tostring(panel.make(step, before, places, reason)) end
  end
  return texts
end

local function panel_frame(card, panel, text)
  local inside = element("div", {
    class = panel.picture and "panel picture" or "panel", ["data-panel"] = panel.name,
    tabindex = "0", role = "group", ["aria-label"] = card.title .. (panel.opens and ", " .. panel.opens or ""),
  }, text and markup.trusted(text))
  if not panel.opens then return inside end
  return element("details", nil, { element("summary", nil, panel.opens), inside })
end

-- The cards, with these texts in their panels, or empty for the script to fill; `told` are
-- those that a page without the script has.
function panels.frame(texts, told)
  local cards = {}
  for _, card in ipairs(panels.CARDS) do
    if not (told and card.stepping) then
      local inside = { element("h3", nil, card.title) }
      for _, panel in ipairs(card) do inside[#inside + 1] = panel_frame(card, panel, texts and texts[panel.name]) end
      cards[#cards + 1] = element("section", { class = "card " .. card.class }, inside)
    end
  end
  return fragment(cards)
end

return panels
