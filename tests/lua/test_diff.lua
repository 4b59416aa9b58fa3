-- heap.diff: what has changed between two moments.

local lu = require "luaunit"
local lab = require "lab"
local vocabulary = require "refchain.words"

local SEED = math.tointeger(tonumber(os.getenv "REFCHAIN_SEED" or "1"))

TestDiff = {}

function TestDiff:setUp() self.py = lab.open { profile = os.getenv "REFCHAIN_PROFILE" or "3.8" } end
function TestDiff:tearDown() lab.close(self.py) end

function TestDiff:run(code, ...) return lab.run(self.py, code, ...) end

local function births(entries)
  local found = {}
  for i, entry in ipairs(entries) do found[i] = entry.birth end
  return found
end

function TestDiff:test_says_what_was_born_and_what_died_of_what()
  local answer = self:run [[
    v1, v2, v3 = list{}, list{}, list{}
    v3:append(v3)
    local a = heap.snapshot()
    v4 = list{}
    drop(list{})
    del("v1", "v3")
    gc.collect()
    return heap.diff(a)]]
  lu.assertEquals(births(answer.born), { 4 })
  lu.assertEquals(answer.born[1].type, "list")
  lu.assertEquals(answer.died, {
    { birth = 1, type = "list", by = "count", how = 'destroyed by del "v1" at scenario:6' },
    { birth = 3, type = "list", by = "collector", how = "destroyed by the collector in gc.collect at scenario:7" },
  })
  lu.assertEquals(answer.passing, 1)
  lu.assertStrContains(tostring(answer), "1 born:\n  list #4\n2 died (1 by count, 1 by the collector):\n  list #1, "
    .. 'destroyed by del "v1" at scenario:6\n')
  lu.assertStrContains(tostring(answer), "1 in another generation:\n  list #2  0 → 2\n1 born and dead again in between")
end

function TestDiff:test_says_whose_count_is_another()
  local answer = self:run [[
    v1 = list{}
    local a = heap.snapshot()
    v2 = list{v1, v1}
    return heap.diff(a, heap.snapshot())]]
  lu.assertEquals(answer.counts, { { birth = 1, type = "list", before = 1, after = 3 } })
  lu.assertStrContains(tostring(answer), "1 with another count:\n  list #1  1 → 3")
end

function TestDiff:test_of_the_same_moment_is_nothing()
  local answer = self:run "v1 = list{} local a = heap.snapshot() return heap.diff(a, a)"
  lu.assertEquals(tostring(answer), "nothing that the scenario has made has changed")
  answer = self:run "return heap.diff(heap.snapshot())"
  lu.assertEquals(tostring(answer), "nothing that the scenario has made has changed")
end

function TestDiff:test_is_about_what_the_scenario_has_made()
  local answer = self:run [[
    x = list{}
    local a = heap.snapshot()
    x:append(1)
    x:append(None)
    return heap.diff(a)]]
  lu.assertEquals({ answer.counts, answer.generations }, { {}, {} })
  lu.assertEquals(tostring(answer), "nothing that the scenario has made has changed")
  lu.assertStrContains(vocabulary.by_name["heap.diff"].meaning, "What start-up made (None, small ints …) is left out")
end

function TestDiff:test_says_of_what_all_have_died()
  local function text_of(code)
    self:tearDown()
    self:setUp()
    return tostring(self:run("v1, v2 = list{}, list{} v2:append(v2) local a = heap.snapshot() " .. code
                             .. " return heap.diff(a)"))
  end
  lu.assertStrContains(text_of "del 'v1'", "1 died (by count):\n")
  lu.assertStrContains(text_of "del 'v2' gc.collect()", "1 died (by the collector):\n")
  lu.assertStrContains(text_of "del('v1', 'v2') gc.collect()", "2 died (1 by count, 1 by the collector):\n")
end

function TestDiff:test_shows_thirteen_rather_than_one_more()
  local text = tostring(self:run [[
    local a = heap.snapshot()
    v = list{}
    for i = 1, 12 do v:append(list{}) end
    return heap.diff(a)]])
  lu.assertStrContains(text, "13 born:")
  lu.assertStrContains(text, "  list #13")
  lu.assertNotStrContains(text, " more")
end

function TestDiff:test_shows_a_dozen_of_many()
  local answer = self:run [[
    local a = heap.snapshot()
    v = list{}
    for i = 1, 40 do v:append(list{}) end
    return heap.diff(a)]]
  lu.assertEquals(#answer.born, 41)
  lu.assertStrContains(tostring(answer), "41 born:\n  list #1\n")
  lu.assertStrContains(tostring(answer), "  list #12\n  and 29 more")
end

function TestDiff:test_what_has_been_taken_is_not_live()
  local answer = self:run [[
    v1 = list{}
    local a, b = heap.snapshot(), nil
    v2 = list{}
    b = heap.snapshot()
    local before = tostring(heap.diff(a, b))
    del("v1", "v2")
    expect_eq(tostring(heap.diff(a, b)), before)
    return heap.diff(a, b)]]
  lu.assertEquals(births(answer.born), { 2 })
  lu.assertEquals(answer.died, {})
end

function TestDiff:test_misuse()
  lu.assertStrContains(lab.fails(self.py, "heap.diff()"), "TypeError: ")
  lu.assertStrContains(lab.fails(self.py, "heap.diff(5)"), "TypeError: a must be a table")
  lu.assertStrContains(lab.fails(self.py, "heap.diff({})"), "heap.snapshot() of this heap has given (in heap.diff)")
  lu.assertStrContains(lab.fails(self.py, "local py = heap.new{} heap.diff(py.heap.snapshot())"), "of this heap")
  lu.assertStrContains(lab.fails(self.py, "local a, b = heap.snapshot(), heap.snapshot() heap.diff(b, a)"),
                       "ValueError: the first table is of the later moment (in heap.diff)")
end

-- ----------------------------------------------------------------------------- random --

-- What is seen of each object by words that have nothing to do with snapshots.
local function look(py, all)
  local seen = {}
  for i, x in ipairs(all) do
    if py.alive(x) then
      seen[i] = { birth = py.birth(x), count = py.refcnt(x), generation = py.heap.generation(x) or "none" }
    end
  end
  return seen
end

local function mutate(py, all, steps)
  for _ = 1, steps do
    local kind, i = math.random(10), math.random(math.max(1, #all))
    local x, y = all[i], all[math.random(math.max(1, #all))]
    if kind <= 3 or not x then
      all[#all + 1] = py.list {}
      py["n" .. #all] = all[#all]
    elseif kind <= 6 then
      if py.alive(x) and py.alive(y) then x:append(y) end
    elseif kind <= 9 then py["n" .. i] = nil
    else py.gc.collect(math.random(0, 2))
    end
  end
end

function TestDiff:test_is_right_on_random_heaps()
  for seed = SEED, SEED + 29 do
    math.randomseed(seed)
    local py, all, by = lab.open { profile = ({ "2.7", "3.8", "3.13" })[seed % 3 + 1] }, {}, {}
    mutate(py, all, 60)
    py.heap.on("destroyed", function(event) by[event.birth] = event.by_collector and "collector" or "count" end)
    local before, old = look(py, all), py.heap.snapshot()
    mutate(py, all, 60)
    local after, what = look(py, all), "seed " .. seed
    local answer = py.heap.diff(old)
    local born, died, counts, generations = {}, {}, {}, {}
    for i = 1, #all do
      local a, b = before[i], after[i]
      if b and not a then born[#born + 1] = b.birth
      elseif a and not b then died[#died + 1] = { a.birth, by[a.birth] }
      elseif a and b then
        if a.count ~= b.count then counts[#counts + 1] = { b.birth, a.count, b.count } end
        if a.generation ~= b.generation then generations[#generations + 1] = b.birth end
      end
    end
    lu.assertEquals(births(answer.born), born, what)
    lu.assertEquals(births(answer.generations), generations, what)
    local function rows(entries, f)
      local found = {}
      for i, entry in ipairs(entries) do found[i] = f(entry) end
      return found
    end
    lu.assertEquals(rows(answer.died, function(e) return { e.birth, e.by } end), died, what)
    lu.assertEquals(rows(answer.counts, function(e) return { e.birth, e.before, e.after } end), counts, what)
    lab.close(py)
  end
end

lab.finish()
