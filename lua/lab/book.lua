-- The picture book: chronicles (chronicle.lua) as a page of HTML that needs nothing else.
--
-- Each step's panels (panels.lua) are texts of markup made here and nowhere else.  For
-- stepping, the page holds them as pieces (fragments.lua) and what changes from step to
-- step, as JSON, compressed and in base64; its script (book.js) puts a step's texts into the
-- cards.  Without the script the steps that the scenario tells stand one below the other.
--
-- What the page may do is in its Content-Security-Policy: its own style and its own script,
-- known by their hashes, and nothing from elsewhere.

local json = require "dkjson"
local markup = require "refchain.markup"
local picture = require "refchain.picture"
local fragments = require "lab.fragments"
local panels = require "lab.panels"
local source_view = require "lab.source_view"

local element, fragment = markup.element, markup.fragment

local book = {}

local MOST_TOLD = 12                    -- steps that are drawn without the script ...
local MOST_DRAWN = 180                  -- ... and objects in their pictures together
local MOST_LISTED = 100                 -- steps in the list of them

-- -------------------------------------------------------------------------------- data --

local function quoted(text) return json.quotestring(markup.printable(text)) end

local function numbers(sequence) return "[" .. table.concat(sequence, ",") .. "]" end

-- What differs from the step before, panel by panel.
local function step_data(step, sequences, before)
  local parts = {}
  for _, name in ipairs(panels.NAMES) do
    if not rawequal(sequences[name], before[name]) then
      parts[#parts + 1] = ("%q:%s"):format(name, numbers(fragments.difference(before[name] or {}, sequences[name])))
    end
  end
  return ('{"line":%s,"kind":%s,"text":%s,"panels":{%s}}'):format(
    step.line or "null", quoted(step.kind), quoted(step.text or ""), table.concat(parts, ","))
end

-- ------------------------------------------------------------------------- what is told --

-- The steps that stand in the page itself, each { first =, last =, text = }: what happens
-- under a `step` of the scenario, up to the next, and how it stands then.
local function told_steps(steps)
  local told = {}
  for number, step in ipairs(steps) do
    if step.kind == "step" then
      if #told > 0 then told[#told].last = number end
      told[#told + 1] = { first = number, last = number, text = step.text }
    end
  end
  if #told == 0 and #steps > 0 then told[1] = { first = 1, last = #steps, text = "what the scenario does" } end
  if #told > 0 then
    local last = #steps
    while last > told[#told].first and steps[last].kind == "end" and steps[last - 1].kind == "end" do
      last = last - 1                   -- as it stood before the names were released
    end
    told[#told].last = last
  end
  return told
end

-- As many of them as there is room for pictures, first and last among them.
local function some_of(told, steps)
  local largest = 1
  for _, part in ipairs(told) do largest = math.max(largest, #steps[part.last].moment.objects) end
  local most = math.max(2, math.min(MOST_TOLD, MOST_DRAWN // largest))
  if #told <= most then return told end
  local kept = {}
  for i = 1, most do kept[i] = told[1 + (i - 1) * (#told - 1) // (most - 1)] end
  return kept
end

-- One step made of several: what happened in all of them, and how it stood in the last.
local function joined(steps, first, last)
  local step = { moment = steps[last].moment, events = {}, collections = {}, output = "" }
  local untold, output = 0, {}
  for number = first + 1, last do
    local one = steps[number]
    table.move(one.events, 1, #one.events, #step.events + 1, step.events)
    table.move(one.collections, 1, #one.collections, #step.collections + 1, step.collections)
    untold = untold + (one.events.untold or 0)
    output[#output + 1] = one.output
  end
  step.events.untold, step.output = untold, table.concat(output)
  return step
end

-- ------------------------------------------------------------------------------ chapter --

local STATUS = {
  passed = { "passed", "✓" }, failed = { "failed", "✗" }, skipped = { "skipped", "–" },
  ["timed out"] = { "timed out", "✗" }, crashed = { "crashed", "✗" }, ["out of memory"] = { "out of memory", "✗" },
}

local function class_of(outcome)
  return (outcome.status == "passed" or outcome.status == "skipped") and outcome.status or "failed"
end

local function badge(outcome)
  local known = STATUS[outcome.status]
  return element("span", { class = "badge " .. class_of(outcome) }, {
    element("span", { ["aria-hidden"] = "true" }, known[2]), " ", known[1],
  })
end

function book.title_of(told)
  local title = told.title or told.file:match "([^/]*)%.lua$" or told.file
  return told.test and ("%s: %s"):format(title, told.test) or title
end

-- The address of a step within a page; a page of several chapters says which.
local function address(prefix, number) return ("%sstep=%d"):format(prefix, number) end

local function header(told, level)
  local about = { told.file, " on ", told.profile }
  local parts = {
    element(level, nil, book.title_of(told)),
    element("p", { class = "about" }, { badge(told.outcome), " ", element("span", nil, about) }),
  }
  if #told.story > 0 then
    parts[#parts + 1] = element("p", { class = "story" }, table.concat(told.story, " "))
  end
  if told.outcome.message and told.outcome.status ~= "passed" then
    parts[#parts + 1] = element("pre", { class = "message " .. class_of(told.outcome) }, told.outcome.message)
  end
  if told.tests then
    local text = ("The file defines %d tests; each has a chapter of its own."):format(#told.tests)
    parts[#parts + 1] = element("p", nil, text)
  end
  if told.skipped_steps > 0 then
    local text = "%d more %s left out, of lines that ran again and again or beyond the 1000th."
    local steps = told.skipped_steps == 1 and "step is" or "steps are"
    parts[#parts + 1] = element("p", { class = "note" }, text:format(told.skipped_steps, steps))
  end
  return element("header", { class = "chapter-head" }, parts)
end

local function told_article(told, part, prefix, where)
  local steps = told.steps
  local step = joined(steps, part.first, part.last)
  local texts = panels.of(step, steps[part.first], where.places, where.reason)
  return element("article", { id = address(prefix, part.first), class = "told" }, {
    element("h2", nil, part.text), panels.frame(texts, true),
  })
end

-- All that the scenario tells, with or without a picture in the page itself.
local function steps_list(told, parts, prefix)
  local items = {}
  for i = 1, math.min(#parts, MOST_LISTED) do
    local first = parts[i].first
    items[i] = element("li", nil, element("a", { href = "#" .. address(prefix, first), ["data-step"] = first },
                                          parts[i].text))
  end
  if #parts > MOST_LISTED then items[#items + 1] = element("li", nil, ("and %d more"):format(#parts - MOST_LISTED)) end
  return element("nav", { class = "contents", ["aria-label"] = "Steps of " .. book.title_of(told) },
                 { element("h2", nil, "What happens"), element("ol", nil, items) })
end

-- The steps as JSON, for the script.
local function data_of(told, where)
  local dictionary, steps, before = fragments.new(), {}, {}
  for number, step in ipairs(told.steps) do
    local texts, sequences = panels.of(step, told.steps[number - 1], where.places, where.reason), {}
    for _, name in ipairs(panels.NAMES) do sequences[name] = dictionary:take(texts[name]) end
    steps[number] = step_data(step, sequences, before)
    before = sequences
  end
  local pieces = {}
  for i, piece in ipairs(dictionary.pieces) do pieces[i] = quoted(piece) end
  return ('{"pieces":[%s],\n"steps":[%s]}'):format(table.concat(pieces, ","), table.concat(steps, ",\n"))
end

-- A chapter: the run `told`; `prefix` stands before its steps in addresses, `id` is its own.
local function chapter(told, prefix, id, assets)
  local where, moments = {}, {}
  for i, step in ipairs(told.steps) do moments[i] = step.moment end
  if #moments > 0 then where.places, where.reason = picture.layout(moments, assets.run_dot) end
  local parts, articles = told_steps(told.steps), {}
  for i, part in ipairs(some_of(parts, told.steps)) do articles[i] = told_article(told, part, prefix, where) end
  local level = prefix == "" and "h1" or "h2"
  return element("section", { class = "chapter", id = id, ["data-prefix"] = prefix }, {
    header(told, level),
    element("div", { class = "columns" }, {
      element("div", { class = "left" }, {
        source_view(told, prefix), #parts > 0 and steps_list(told, parts, prefix),
      }),
      element("div", { class = "right" }, {
        element("div", { class = "static" }, articles),
        #told.steps == 0 and element("p", { class = "none" }, "Nothing of it ran."),
      }),
    }),
    #told.steps > 0 and element("script", { type = "text/plain", class = "steps" },
                              assets.deflated(data_of(told, where))),
  })
end

-- -------------------------------------------------------------------------------- pages --

-- What the script clones into a chapter: controls, and empty cards.
local function stage()
  local function button(class, label, sign)
    return element("button", { type = "button", class = class, ["aria-label"] = label, title = label },
                   element("span", { ["aria-hidden"] = "true" }, sign))
  end
  return element("template", { id = "stage" }, element("div", { class = "stage" }, {
    element("div", { class = "controls", role = "group", ["aria-label"] = "Steps" }, {
      button("back", "Step back", "‹"),
      element("input", { type = "range", class = "slider", min = 1, value = 1, step = 1, ["aria-label"] = "Step" }),
      button("forward", "Step forward", "›"),
      element("p", { class = "where", ["aria-live"] = "polite", ["aria-atomic"] = "true" },
              { element("span", { class = "place" }), " ", element("code", { class = "now" }) }),
      element("a", { class = "link", href = "#" }, "Link to this step"),
    }),
    element("p", { class = "telling" }),
    panels.frame(),
  }))
end

-- A whole page.  Of `assets`, `style` and `script` are texts, `hash` gives the SHA-256 of one in
-- base64, `deflated` a text compressed, in base64; `run_dot` is what picture.layout wants.
local function page(title, body, assets, stepping)
  local script = stepping and (" script-src 'sha256-%s';"):format(assets.hash(assets.script)) or ""
  local policy = ("default-src 'none'; style-src 'sha256-%s';%s base-uri 'none'; form-action 'none'"):format(
    assets.hash(assets.style), script)
  local head = element("head", nil, {
    element("meta", { charset = "utf-8" }),
    element("meta", { ["http-equiv"] = "Content-Security-Policy", content = policy }),
    element("meta", { name = "viewport", content = "width=device-width, initial-scale=1" }),
    element("meta", { name = "color-scheme", content = "light dark" }),
    element("title", nil, title),
    element("style", nil, assets.style),
  })
  local html = element("html", { lang = "en" }, {
    head, element("body", nil, { body, stepping and { stage(), element("script", nil, assets.script) } }),
  })
  return "<!DOCTYPE html>\n" .. tostring(html) .. "\n"
end

-- What a contents page says of one run, with where it is.
local function entry(told, href)
  return element("li", nil, {
    element("a", { href = href }, book.title_of(told)), " ", badge(told.outcome),
    told.story[1] and element("p", nil, table.concat(told.story, " ")),
  })
end

-- Entries by folder: the course's sections.
local function contents_of(list)
  local parts, folder, items = {}, nil, nil
  for _, item in ipairs(list) do
    local own = item.told.file:match "^(.*)/[^/]*$" or ""
    if own ~= folder then
      items = {}
      if own ~= "" then parts[#parts + 1] = element("h2", nil, own:match "[^/]*$") end
      parts[#parts + 1] = element("ol", nil, items)
      folder = own
    end
    items[#items + 1] = entry(item.told, item.href)
  end
  return fragment(parts)
end

local TITLE = "Refchain picture book"

-- What a contents page needs of a run.
function book.brief(told)
  return { file = told.file, title = told.title, test = told.test, story = told.story, outcome = told.outcome }
end

-- The page of one run.  `up`, if given, is the address of the page that it is listed on.
function book.single(told, assets, up)
  local back = up and element("nav", { class = "up", ["aria-label"] = "Book" },
                              element("a", { href = up }, "‹ Contents"))
  local title = ("%s – %s"):format(book.title_of(told), TITLE)
  return page(title, { back or "", element("main", nil, chapter(told, "", "run", assets)) }, assets, true)
end

-- The address and the text of the run that is chapter `number` of a page of several.
function book.chapter(told, number, assets)
  local id = ("chapter=%d"):format(number)
  return "#" .. id, tostring(chapter(told, id .. "&", id, assets))
end

-- A page of contents, and of the chapters' texts, if there are any.  `entries` is a sequence
-- of { told = book.brief(…), href = }.
function book.contents(entries, chapters, assets)
  local parts = {
    element("nav", { class = "book-contents", id = "contents", ["aria-label"] = "Contents" },
            { element("h1", nil, TITLE), contents_of(entries) }),
  }
  for i, text in ipairs(chapters) do parts[i + 1] = markup.trusted(text) end
  return page(TITLE, element("main", nil, parts), assets, #chapters > 0)
end

return book
