-- Pictures in the terminal: what is drawn, how wide, and when a table takes its place.

local lu = require "luaunit"
local lab = require "lab"
local measure = require "refchain.picture.measure"
local moments = require "moments"
local picture = require "refchain.picture"

local function lines(text)
  local found = {}
  for line in text:gmatch "([^\n]*)\n" do found[#found + 1] = line end
  return found
end

TestPictureText = {}

function TestPictureText:test_two_lists_that_hold_each_other()
  lu.assertEquals(picture.text(moments.two_lists()), [[
    ╔═ cycle of 2 ══════════════════╗
v1 ─╫▶┌ list #1 ─ refcnt 2, gen 0 ┐◀╫────╮
    ║ │ [0] 11                    │ ║    │
    ║ │ [1] 22                    │ ║    │
    ║ │ [2] ●─────────────────────┼─╫──╮ │
    ║ └───────────────────────────┘ ║  │ │
v2 ─╫▶┌ list #2 ─ refcnt 2, gen 0 ┐◀╫──╯ │
    ║ │ [0] 44                    │ ║    │
    ║ │ [1] ●─────────────────────┼─╫────╯
    ║ └───────────────────────────┘ ║
    ╚═══════════════════════════════╝
]])
end

function TestPictureText:test_garbage_is_hatched_and_named()
  local text = picture.text(moments.two_lists(true))
  lu.assertStrContains(text, "╔═ cycle of 2, garbage ═")
  lu.assertStrContains(text, "┌ list #1, garbage ░ refcnt 1, gen 0 ┐")
  lu.assertStrContains(text, "└░░░░")
end

function TestPictureText:test_names_temporaries_shared_and_weak_references()
  local moment = moments.new({ {}, { type = "dict" }, moments.int(70000, { refcount = 2 }), { type = "weakref" } },
                             { "a", 1, "b", 1, "n", 3 },
                             { { 1, 2 }, { 1, 3 }, { 2, 3, "['k']", "value" }, { 4, 1, "weak", "weak" } },
                             { temporaries = { 4 } })
  local text = picture.text(moment)
  lu.assertStrContains(text, "a, b      ─▶┌ list #1 ")
  lu.assertStrContains(text, "n         ─▶┌ int #3 ")
  lu.assertStrContains(text, "temporary ─▶┌ weakref #4 ")
  lu.assertStrContains(text, "│ weak ○")
  lu.assertStrContains(text, "│ 70000")
end

function TestPictureText:test_one_object_may_lead_to_the_picture()
  local moment = moments.new({ {}, {}, {} }, { "a", 1, "c", 3 }, { { 1, 2 } })
  local text = picture.text(moment, { from = { 1 } })
  lu.assertStrContains(text, "list #2")
  lu.assertNotStrContains(text, "list #3")
end

function TestPictureText:test_ascii()
  local text = picture.text(moments.two_lists(true), { ascii = true })
  lu.assertNil(text:find "[\x80-\xFF]")
  lu.assertStrContains(text, "garbage")
end

function TestPictureText:test_nothing()
  lu.assertEquals(picture.text(moments.new({}, {}, {})), "no objects\n")
end

function TestPictureText:test_a_table_beyond_thirty_objects()
  local objects = {}
  for i = 1, 30 do objects[i] = {} end
  lu.assertStrContains(picture.text(moments.new(objects, { "a", 1 }, {})), "┌ list #30")
  objects[31] = { type = "dict", reach = "garbage" }
  local moment = moments.new(objects, { "a", 1 }, { { 1, 2 } })
  local text = picture.text(moment)
  lu.assertNotStrContains(text, "┌")
  lu.assertStrContains(text, "object")
  lu.assertStrContains(text, "dict #31")
  lu.assertStrContains(text, "garbage")
  for _, line in ipairs(lines(text)) do lu.assertTrue(measure.width(line) <= 80, line) end
end

-- What the table leaves out is counted, whether the moment has it or not.
function TestPictureText:test_a_table_counts_what_it_leaves_out()
  local printed = {}
  local py = lab.open { output = printed }
  lab.run(py, "c = list{} for i = 1, 1200 do c:append(list{i}) end show(c)")
  lab.close(py)
  local text = table.concat(printed)
  lu.assertStrContains(text, "\n… 1141 more\n")
  lu.assertStrContains(text, "\nobject    value ")
  lu.assertStrContains(text, "  gen  names  refers to\n")
  lu.assertStrMatches(text:match "\nlist #15 [^\n]*", "\nlist #15 .*  1           1 int")
end

function TestPictureText:test_long_containers_and_hidden_objects_are_counted()
  local objects, references = { {} }, {}
  for i = 2, 21 do
    objects[i] = moments.int(i)
    references[#references + 1] = { 1, i }
  end
  local moment = moments.new(objects, { "a", 1 }, references, {
    hidden = { { from = 1, type = "int", count = 980 }, { type = "dict", count = 7, garbage = true } },
  })
  local text = picture.text(moment)
  lu.assertStrContains(text, "[8] 10")
  lu.assertNotStrContains(text, "[9] ")
  lu.assertStrContains(text, "… 991 more: 991 ints")
  lu.assertStrContains(text, "not shown: 7 dicts (7 garbage)")
end

function TestPictureText:test_what_scripts_call_things_stays_on_its_line()
  local moment = moments.new({ { type = "日本\27[31m\n" }, moments.int("'\u{202E}x\0'") }, { "a\nb\x9F\u{85}", 1 },
                             { { 1, 2, "['\t']" } })
  local text = picture.text(moment)
  lu.assertEquals(#lines(text), 3)
  lu.assertNil(text:find "[%z\1-\9\11-\31\127]")
  lu.assertNotNil(utf8.len(text))
  lu.assertStrContains(text, "a\\nb\\x9F\\x85 ─▶┌ 日本\\x1B[31m\\n #1 ")
  lu.assertStrContains(text, "\\u{202E}x\\x00")
end

function TestPictureText:test_every_line_fits_and_every_box_is_closed()
  for seed = 1, 60 do
    local moment = moments.random(moments.numbers(seed), seed % 24 + 1)
    local text = picture.text(moment)
    lu.assertEquals(picture.text(moment), text)
    local _, opened = text:gsub("┌", "")
    local _, closed = text:gsub("└", "")
    lu.assertEquals(opened, closed)
    for _, line in ipairs(lines(text)) do lu.assertTrue(measure.width(line) <= 80, line) end
  end
end

-- Each arrow that leaves a row ends at the box it belongs to: walk its line.
function TestPictureText:test_arrows_lead_where_they_should()
  for seed = 1, 40 do
    local moment = moments.random(moments.numbers(seed), seed % 12 + 2)
    local rows, starts = {}, {}
    for number, line in ipairs(lines(picture.text(moment))) do
      rows[number] = {}
      for _, code in utf8.codes(line) do
        local character = utf8.char(code)
        for _ = 1, math.max(measure.width(character), 1) do table.insert(rows[number], character) end
        if character == "●" or character == "○" then starts[#starts + 1] = { number, #rows[number] } end
      end
    end
    for _, start in ipairs(starts) do
      local line, at = start[1], start[2] + 1
      while (" ─┼╫"):find(rows[line][at], 1, true) and rows[line][at] ~= " " do at = at + 1 end
      lu.assertStrContains("╮╯┤┴┬", rows[line][at])
      -- up or down, to the line with the arrow head
      local reached = 0
      for _, step in ipairs { -1, 1 } do
        local next_line = line
        while true do
          local here = rows[next_line][at] or " "
          if next_line ~= line and (here == " " or here == "─") then break end
          if next_line ~= line and ("╮╯┤"):find(here, 1, true)
             and table.concat(rows[next_line]):find("◀", 1, true) then
            reached = reached + 1
          end
          if step == 1 and ("╯┴"):find(here, 1, true) or step == -1 and ("╮┬"):find(here, 1, true) then break end
          next_line = next_line + step
          if not rows[next_line] then break end
        end
      end
      lu.assertTrue(reached >= 1, ("seed %d, line %d"):format(seed, line))
    end
  end
end

-- --------------------------------------------------------------------------- tables --

TestPictureTables = {}

function TestPictureTables:test_objects()
  local found = picture.objects_table(moments.two_lists(true))
  lu.assertEquals(found.header, { "object", "value", "count", "generation", "names", "refers to", "cycle",
                                  "reached from" })
  lu.assertEquals(found.rows[5], { "list #2", "[44, [...]]", "refcnt 1", "gen 0", "", "44, list #1", "cycle 1",
                                   "nothing: garbage" })
  lu.assertEquals(found.rows[1][1], "int")
  lu.assertEquals(picture.objects_table(moments.two_lists()).rows[4][5], "v1")
end

function TestPictureTables:test_refchain_newest_first()
  local moment = moments.two_lists()
  moment.live = 9
  lu.assertEquals(picture.refchain_table(moment).rows, {
    { "1", "list #2", "[44, [...]]", "refcnt 2" }, { "2", "list #1", "[11, 22, [...]]", "refcnt 2" },
    { "…", "7 older", "", "" },
  })
end

function TestPictureTables:test_generations_and_caches()
  local moment = moments.two_lists()
  lu.assertEquals(picture.generations_table(moment).rows[1], { "generation 0", "2", "2", "700" })
  lu.assertEquals(picture.generations_table(moment).rows[4], { "permanent", "0", "", "" })
  local caches = picture.caches_table(moment).rows
  lu.assertEquals(caches[1], { "small-int pool", "262", "", "0", "0" })
  lu.assertEquals(caches[4], { "free list of floats", "1", "100", "2", "3" })
  lu.assertEquals(caches[7], { "free list of tuples of 2", "5", "2000", "1", "0" })
end

-- ----------------------------------------------------------------------------- show --

TestShow = {}

function TestShow:setUp()
  self.output = {}
  self.py = lab.open { output = self.output }
end

function TestShow:tearDown() lab.close(self.py) end

function TestShow:run(code)
  lab.run(self.py, code)
  return table.concat(self.output)
end

function TestShow:test_a_container_is_drawn_with_what_it_leads_to()
  local text = self:run "v = list{1, list{}} show(v)"
  lu.assertStrContains(text, "[1, []]   list #")
  lu.assertStrContains(text, "v ─▶┌ list #")
  lu.assertStrContains(text, "│ [0] 1 ")
  lu.assertStrContains(text, "│ [1] ●")
end

function TestShow:test_numbers_strings_and_the_dead_are_lines_only()
  local text = self:run "n = int(5000) v = list{} local x = v v = nil show(n, 'text', x, None, 5)"
  lu.assertNotStrContains(text, "┌")
end

function TestShow:test_what_is_asked_for_is_drawn_in_a_large_heap()
  local text = self:run [[
    all = list{}
    for i = 1, 500 do all:append(list{}) end
    x = list{"here"}
    show(x)]]
  lu.assertStrContains(text, "┌ list #503 ")
  lu.assertStrContains(text, "'here'")
  lu.assertNotStrContains(text, "list #501 ")
end

function TestShow:test_the_order_is_that_of_the_call()
  local text = self:run "a, b = list{}, list{} show(b, a)"
  lu.assertTrue(text:find("┌ list #2", 1, true) < text:find("┌ list #1", 1, true))
end

function TestShow:test_showing_changes_nothing()
  self:run [[
    N = class("Node", {})
    a = list{int(1000), 2.5, "text"}
    a:append(N{other = a})
    expect_refcnt(a, 2)
    local before, stats = heap.snapshot(), heap.stats()
    local count, caches = {gc.get_count()}, heap.caches()
    show(a, a[0])
    assertEquals(heap.snapshot(), before)
    assertEquals(heap.stats(), stats)
    assertEquals({gc.get_count()}, count)
    assertEquals(heap.caches(), caches)]]
end

lab.finish()
