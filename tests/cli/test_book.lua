-- The parts of the picture book that need no run: pieces, changes, and a page of a chronicle
-- written by hand.

local lab = require "lab"
local lu = require "luaunit"
local new_chronicle = require "chronicle_fixture"

package.path = "lua/?.lua;" .. package.path
local book = require "lab.book"
local changes = require "lab.changes"
local fragments = require "lab.fragments"
local panels = require "lab.panels"

-- What lua/lab/book.js does.
local function follow(before, difference)
  local sequence, at = {}, 1
  while at <= #difference do
    local number = difference[at]
    if number < 0 then
      at = at + 1
      for i = 1, -number do sequence[#sequence + 1] = before[difference[at] + i] end
    else
      sequence[#sequence + 1] = number
    end
    at = at + 1
  end
  return sequence
end

TestFragments = {}

function TestFragments:test_texts_come_back_from_pieces_and_differences()
  local dictionary, before = fragments.new(), {}
  math.randomseed(7)
  for _ = 1, 200 do
    local parts = {}
    for i = 1, math.random(0, 12) do
      parts[i] = ('<g><text x="%d">a&lt;%d</text></g>'):format(math.random(3), math.random(3))
    end
    local text = table.concat(parts)
    local sequence = dictionary:take(text)
    local again, pieces = follow(before, fragments.difference(before, sequence)), {}
    lu.assertEquals(again, sequence)
    for i, number in ipairs(again) do pieces[i] = dictionary.pieces[number + 1] end
    lu.assertEquals(table.concat(pieces), text)
    before = sequence
  end
end

function TestFragments:test_what_stays_is_not_written_again()
  local dictionary = fragments.new()
  local one = dictionary:take "<ul><li>1</li><li>2</li><li>3</li></ul>"
  local two = dictionary:take "<ul><li>1</li><li>9</li><li>2</li><li>3</li></ul>"
  lu.assertEquals(one, { 0, 1, 2, 3 })
  lu.assertEquals(two, { 0, 1, 4, 2, 3 })
  lu.assertEquals(fragments.difference(one, two), { -2, 0, 4, -2, 2 })
end

TestChanges = {}

local function said(before, after, events)
  local texts = {}
  for i, change in ipairs(changes.between(before, after, events or {})) do texts[i] = change.text end
  return texts
end

function TestChanges:test_names_lives_and_counts()
  local steps = new_chronicle().steps
  lu.assertEquals(said(nil, steps[1].moment, steps[1].events), {
    "name left: now list #1", "name right: now list #2",
    "2 of type list are made from a fresh block, from #1 to #2",
  })
  lu.assertEquals(said(steps[1].moment, steps[2].moment), {
    "name s: now str #3", "list #1: count 1 → 2", "list #2: count 1 → 2",
  })
  lu.assertEquals(said(steps[2].moment, steps[3].moment), {
    "name left is gone; it was list #1", "name right is gone; it was list #2",
    "list #1 is garbage now: no name leads to it", "list #2 is garbage now: no name leads to it",
    "list #1: count 2 → 1", "list #2: count 2 → 1",
  })
  lu.assertEquals(said(steps[4].moment, steps[5].moment, steps[5].events), {
    "name s is gone; it was str #3", "str #3 is destroyed by its count",
  })
end

function TestChanges:test_a_name_that_moves_and_an_object_that_grows_older()
  local steps = new_chronicle().steps
  local before, after = steps[1].moment, new_chronicle().steps[1].moment
  after.names[1].birth = 2
  after.objects[2].generation = 1
  lu.assertEquals(said(before, after), { "name left: list #1 → list #2", "list #2: generation 0 → generation 1" })
  lu.assertEquals(said(before, before), {})
end

function TestChanges:test_what_start_up_made_is_told_apart_by_its_value()
  local function moment(count, names)
    return { names = names, objects = {
      { birth = -200, type = "int", atom = true, text = "11", refcount = count },
      { birth = -201, type = "tuple", refcount = count },
    } }
  end
  local name = { name = "age", birth = -200, frame = 0 }
  lu.assertEquals(said(moment(1, {}), moment(2, { name })), {
    "name age: now int 11", "int 11: count 1 → 2", "tuple: count 1 → 2",
  })
end

function TestChanges:test_many_of_a_kind_are_counted()
  local before, after = { names = {}, objects = {} }, { names = {}, objects = {} }
  for i = 1, 20 do after.names[i] = { name = "n" .. i, birth = i, frame = 0 } end
  local texts = said(before, after)
  lu.assertEquals(#texts, 13)
  lu.assertEquals(texts[13], "and 8 more of this kind")
end

function TestChanges:test_events_of_a_loop_are_folded()
  local events = { { kind = "collection_started" } }
  for i = 1, 50 do
    events[#events + 1] = { kind = "created", type = "list", birth = 3 * i }
    events[#events + 1] = { kind = "tracked", type = "list", birth = 3 * i }
  end
  events[#events + 1] = { kind = "destroyed", type = "int", birth = 4 }
  local folded = changes.folded(events)
  lu.assertEquals(#folded, 5)
  lu.assertEquals(folded[4], { again = 2, times = 49, last = events[101] })
  lu.assertIs(folded[5], events[102])
  lu.assertEquals(#changes.folded { events[1], events[2], events[1], events[2] }, 4)
end

TestPage = {}

local ASSETS = {
  style = "p { color: red }", script = "void 0", hash = function(text) return "hash-of-" .. #text end,
  deflated = function(text) return (text:gsub("<", "{")) end, run_dot = function() return nil, "no dot here" end,
}

function TestPage:test_a_collection_opens_into_its_phases()
  local step = new_chronicle().steps[4]
  local text = panels.of(step, nil, nil, "no dot").collections
  lu.assertStrContains(text, "<summary>Collection 1: its 2 phases</summary>")
  lu.assertStrContains(text, "What happens in subtract.")
  lu.assertStrContains(text, "collector&#39;s copy")
  lu.assertStrContains(text, "<td>unreachable</td>")
end

function TestPage:test_of_many_collections_and_objects_the_rest_is_counted()
  local step = new_chronicle().steps[4]
  local collection = step.collections[1]
  for i = 1, 30 do collection[1].objects[i] = collection[1].objects[1] end
  for i = 1, 10 do step.collections[i] = collection end
  local text = panels.of(step, nil, nil, "no dot").collections
  lu.assertStrContains(text, "The last 2 of 10 collections:")
  lu.assertEquals(select(2, text:gsub("<summary>", "")), 2)
  lu.assertStrContains(text, "and 18 more objects")
end

function TestPage:test_every_picture_has_a_table_beside_it()
  local texts = panels.of(new_chronicle().steps[2], nil, nil, "no dot")
  for _, card in ipairs(panels.CARDS) do
    for i, panel in ipairs(card) do
      if panel.picture then
        lu.assertStrContains(texts[panel.name], "<svg")
        lu.assertStrContains(texts[card[i + 1].name], "<table><caption>")
      end
    end
  end
end

function TestPage:test_markup_in_strings_is_text()
  local page = book.single(new_chronicle(), ASSETS)
  lu.assertNil(page:find("<b>", 1, true))
  lu.assertNil(page:find("<!--", 1, true))
  lu.assertStrContains(page, "&lt;/script&gt;&lt;b&gt;bold")
end

function TestPage:test_without_graphviz_the_rest_is_there_and_says_why()
  local page = book.single(new_chronicle(), ASSETS)
  lu.assertStrContains(page, "no dot here")
  lu.assertStrContains(page, "generation 0")
end

function TestPage:test_a_run_without_steps_has_a_page()
  local told = new_chronicle()
  told.steps, told.outcome = {}, { status = "crashed", message = "crashed: SIGSEGV", where = "" }
  local page = book.single(told, ASSETS)
  lu.assertStrContains(page, "Nothing of it ran.")
  lu.assertStrContains(page, "crashed: SIGSEGV")
end

function TestPage:test_steps_left_out_are_said()
  local told = new_chronicle()
  told.skipped_steps = 12
  lu.assertStrContains(book.single(told, ASSETS),
                       "12 more steps are left out, of lines that ran again and again or beyond the 1000th.")
  told.skipped_steps = 1
  lu.assertStrContains(book.single(told, ASSETS), "1 more step is left out, of lines")
end

lab.finish()
