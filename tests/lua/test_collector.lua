-- What can be asked about the collector: gc.forecast(), gc.explain(), gc.steps(), and the
-- phases that are recorded for others.  On random heaps of several profiles against brute
-- force; asking never changes the heap.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"

local PROFILES = { "textbook", "2.7", "3.7", "3.8", "3.9", "3.13", "3.15" }
local SEEDS = 12

-- From now on finalizers save nothing, and what they keep from being collected is broken up.
local function close(py)
  py.finished = true
  refchain.inside(py).lab:finish()
  repeat
    py.gc.collect()
    local count = #py.gc.garbage
    for i = 1, count do
      for _, name in ipairs { "next", "a1", "a2", "me" } do
        pcall(function() py.gc.garbage[i][name] = nil end)
      end
    end
    py.gc.garbage:clear()
  until count == 0
  lab.close(py)
end

local function each_world(f)
  for _, profile in ipairs(PROFILES) do
    for seed = 1, SEEDS do
      local py = lab.open { profile = profile, seed = seed, output = {}, write = {} }
      local done, problem = xpcall(f, debug.traceback, py, seed)
      if not done then error(("profile %s, seed %d: %s"):format(profile, seed, problem), 0) end
      close(py)
    end
  end
end

-- A random heap: containers of all sorts under names, in three generations, some of them
-- garbage, some with finalizers (of which some save their object) and weak references.
local WORLD = [[
local finalizers = ...
gc.disable()
local Plain = class("Plain")
local Saved = class("Saved", { __del__ = function(self) if not finished then saved = self end end })
local Quiet = class("Quiet", { __del__ = function() end })
local names, made = {}, 0
local function any() return #names > 0 and _G[names[math.random(#names)] ] or None end
local makers = {
  function() return list{any()} end,
  function() return tuple{any(), 1} end,
  function() return tuple{1, 2} end,
  function() return dict{a = any()} end,
  function() return dict{a = 1} end,
  function() return set{1} end,
  function() return Plain{next = any()} end,
}
if finalizers then
  makers[#makers + 1] = function() return Saved{next = any()} end
  makers[#makers + 1] = function() return Quiet{next = any()} end
end
local function make()
  made = made + 1
  local name = "v" .. made
  _G[name] = makers[math.random(#makers)]()
  names[#names + 1] = name
  if finalizers and typename(_G[name]) == "Plain" then
    _G["w" .. made] = weakref.ref(_G[name], math.random(2) == 1 and function() end or nil)
  end
end
local function link()
  local from = any()
  local kind = typename(from)
  if kind == "list" then from:append(any())
  elseif kind == "dict" then from:set("a" .. math.random(3), any())
  elseif kind == "Plain" or kind == "Saved" or kind == "Quiet" then from["a" .. math.random(2)] = any()
  end
end
for round = 1, 3 do
  for _ = 1, 12 do make() end
  for _ = 1, 14 do link() end
  if round < 3 and not finalizers then gc.collect(math.random(0, 1)) end
  for i = #names, 1, -1 do
    if math.random(3) > 1 then del(names[i]) table.remove(names, i) end
  end
end
]]

-- All that a scenario could notice of the heap, as text.
local LOOK = [[
local parts = {}
local function add(...) parts[#parts + 1] = table.concat({...}, " ") end
add(gc.get_count())
for _, x in ipairs(gc.get_objects()) do add(birth(x), id(x), refcnt(x), heap.generation(x)) end
for _, o in ipairs(heap.snapshot()) do
  add(o.birth, o.id, o.refcount, tostring(o.generation), table.concat(o.referents, ","))
end
for _, name in ipairs { "list", "dict", "float", "set" } do add(name, heap.freelist(name)) end
for name, cache in pairs(heap.caches()) do add(name, cache.size, cache.hits, cache.misses) end
local stats = heap.stats()
add(stats.births, stats.live, stats.collections, stats.temporaries, stats.long_lived_pending)
heap.check()
return table.concat(parts, "\n")
]]

local function look(py) return lab.run(py, LOOK) end

local function by_birth(objects)
  local found = {}
  for _, object in ipairs(objects) do found[object.birth] = object end
  return found
end

local function walk(py, generation, stop_after)
  local phases = {}
  for phase in py.gc.steps(generation) do
    phases[#phases + 1], phases[phase.name] = phase, phase
    if phase.name == stop_after then break end
  end
  return phases
end

-- ----------------------------------------------------------------------- brute force --

TestBruteForce = {}

-- refs counted naively from the snapshot; what has some, and all that it reaches.
local function naive(records, generation)
  local members, refs = {}, {}
  for _, record in ipairs(records) do
    if math.type(record.generation) and record.generation <= generation then members[record.birth] = record end
  end
  for number, member in pairs(members) do refs[number] = (refs[number] or 0) + member.refcount end
  for _, member in pairs(members) do
    for _, target in ipairs(member.referents) do
      if members[target] then refs[target] = refs[target] - 1 end
    end
  end
  local reachable, waiting = {}, {}
  local function reach(number)
    if members[number] and not reachable[number] then
      reachable[number] = true
      waiting[#waiting + 1] = number
    end
  end
  for number, left in pairs(refs) do
    if left > 0 then reach(number) end
  end
  while #waiting > 0 do
    for _, target in ipairs(members[table.remove(waiting)].referents) do reach(target) end
  end
  return members, refs, reachable
end

local function check_phases(py, phases, generation, records)
  local members, refs, reachable = naive(records, generation)
  local count = 0
  for number, member in pairs(members) do
    count = count + 1
    for _, name in ipairs { "merge", "subtract", "separate" } do
      local object = by_birth(phases[name].objects)[number]
      lu.assertNotNil(object, name)
      lu.assertEquals(object.refcount, member.refcount)
      lu.assertEquals(object.generation, member.generation)
      if name ~= "merge" then
        lu.assertEquals(object.refs, refs[number])
        lu.assertEquals(object.inside, member.refcount - refs[number])
      end
    end
    lu.assertEquals(by_birth(phases.separate.objects)[number].verdict,
                    reachable[number] and "reachable" or "unreachable")
  end
  for _, name in ipairs { "merge", "subtract", "separate" } do
    lu.assertEquals(#phases[name].objects, count)
    lu.assertNil(phases[name].untold)
  end
  lu.assertEquals(py.gc.explain().visited, count)
end

-- What each unreachable object has come to is in exactly one of the later phases, and true.
local function check_end(py, phases)
  local alive, fate, destroyed = by_birth(lab.run(py, "return heap.snapshot()")), {}, 0
  for _, object in ipairs(phases.delete.objects) do fate[object.birth] = object.verdict end
  for _, object in ipairs(phases.resurrect.objects) do
    if object.verdict:find "^kept" then
      lu.assertNil(fate[object.birth])
      fate[object.birth] = "kept"
    end
  end
  for _, object in ipairs(phases.finalize.objects) do
    if object.verdict:find "^uncollectable" then fate[object.birth] = object.verdict end
    if object.verdict:find "^died" then fate[object.birth] = "destroyed" end
  end
  for _, object in ipairs(phases.separate.objects) do
    if object.verdict == "unreachable" then
      lu.assertNotNil(fate[object.birth], object.text)
      lu.assertEquals(alive[object.birth] == nil, fate[object.birth] == "destroyed")
      if fate[object.birth] == "destroyed" then destroyed = destroyed + 1 end
      fate[object.birth] = nil
    elseif #phases.finalize.objects == 0 then         -- these may release what they like
      lu.assertNotNil(alive[object.birth])
    end
  end
  lu.assertNil(next(fate))
  return destroyed
end

function TestBruteForce:test_phases_are_right_and_the_collection_does_what_they_said()
  local destroyed, kept = 0, 0
  each_world(function(py, seed)
    lab.run(py, WORLD, seed % 2 == 0)
    local records = lab.run(py, "return heap.snapshot()")
    local generation = seed % 2 == 0 and 2 or seed % 3
    local phases = walk(py, generation)
    lu.assertEquals(#phases, 7)
    check_phases(py, phases, generation, records)
    if generation == 2 then destroyed = destroyed + check_end(py, phases) end
    for _, object in ipairs(phases.resurrect.objects) do
      if object.verdict:find "^kept" then kept = kept + 1 end
    end
    lu.assertEquals(py.gc.explain().trash, #phases.delete.objects)
  end)
  lu.assertTrue(destroyed > 50 and kept > 20, destroyed .. ", " .. kept)
end

function TestBruteForce:test_asking_changes_nothing()
  each_world(function(py, seed)
    lab.run(py, WORLD, seed % 2 == 0)
    local before = look(py)
    lu.assertEquals(look(py), before)
    tostring(py.gc.forecast())
    tostring(py.gc.explain())
    lu.assertEquals(look(py), before)
    for _, name in ipairs { "merge", "subtract", "separate" } do
      walk(py, seed % 3, name)
      lu.assertEquals(look(py), before)
    end
    for phase in py.gc.steps(seed % 3) do       -- not within the loop either
      lu.assertEquals(look(py), before)
      if phase.name == "separate" then break end
    end
  end)
end

-- The same program with and without questions ends in the same heap.
function TestBruteForce:test_a_collection_that_is_stepped_through_is_the_real_one()
  for _, profile in ipairs(PROFILES) do
    local ends = {}
    for _, steps in ipairs { true, false } do
      local py = lab.open { profile = profile, seed = 5, output = {}, write = {} }
      lab.run(py, WORLD, true)
      if steps then walk(py, 2) else py.gc.collect() end
      lab.run(py, "for i = 1, 5 do _G['after' .. i] = list{i} end")
      ends[#ends + 1] = look(py)
      close(py)
    end
    lu.assertEquals(ends[1], ends[2])
  end
end

function TestBruteForce:test_the_forecast_comes_true()
  local taken = {}
  each_world(function(py)
    lab.run(py, [[
      C = class("C")
      gc.set_threshold(math.random(1, 12), math.random(0, 3), math.random(0, 3))]])
    local kept = {}
    for _ = 1, 25 do
      local forecast, before = py.gc.forecast(), py.gc.explain().number
      for i = 1, forecast.allocations do
        lu.assertEquals(py.gc.explain().number, before)
        if i < forecast.allocations and i % 3 == 0 then py.drop(py.C()) end     -- net: it does not count
        kept[#kept + 1] = py.C()
      end
      local last = py.gc.explain()
      lu.assertEquals(last.number, before + 1)
      lu.assertEquals(last.generation, forecast.generation)
      lu.assertTrue(last.automatic)
      lu.assertEquals(last.trigger, { type = "object", birth = py.birth(kept[#kept]) })
      taken[last.generation] = (taken[last.generation] or 0) + 1
    end
  end)
  for generation = 0, 2 do lu.assertTrue(taken[generation] > 50) end
end

-- -------------------------------------------------------------------------- forecast --

TestForecast = {}

function TestForecast:setUp() self.py = lab.open { profile = "3.8", output = {}, write = {} } end
function TestForecast:tearDown() lab.close(self.py) end

function TestForecast:test_it_says_what_switches_collections_off()
  local py = self.py
  lu.assertStrContains(tostring(py.gc.forecast()), "The 701st allocation of a container")
  py.gc.disable()
  lu.assertStrContains(tostring(py.gc.forecast()), "gc.disable() has switched them off")
  lu.assertNil(py.gc.forecast().allocations)
  py.gc.enable()
  py.gc.set_threshold(0)
  lu.assertStrContains(tostring(py.gc.forecast()), "generation 0's threshold is 0")
  lu.assertFalse(py.gc.forecast().automatic)
end

function TestForecast:test_the_quarter_rule_is_told_in_numbers()
  local py = self.py
  lab.run(py, [[
    all = list{}
    for i = 1, 40 do all:append(list{}) end
    gc.collect()
    gc.set_threshold(700, 10, 0)
    gc.collect(1)]])
  local forecast = py.gc.forecast()
  lu.assertTrue(forecast.held_back)
  lu.assertEquals({ forecast.quarter_rule, forecast.long_lived_total, forecast.wanted, forecast.long_lived_pending },
                  { 4, 41, 10, 0 })
  lu.assertEquals(forecast.generation, 0)
  lu.assertStrContains(tostring(forecast), "10 of 41. 0 have, so it is held back until 10 more have.")
  lu.assertStrContains(tostring(forecast), "generation 2: count 1, threshold 0: over it, but held back")
end

function TestForecast:test_without_a_full_collection_there_is_nothing_to_wait_for()
  local gc = self.py.gc
  lu.assertStrContains(tostring(gc.forecast()), "There was none yet, so nothing holds it back.")
  gc.collect()
  lu.assertStrContains(tostring(gc.forecast()), "It left none, so nothing holds it back.")
  for _, off in ipairs { gc.disable, function() gc.enable() gc.set_threshold(0) end } do
    off()
    lu.assertNotStrContains(tostring(gc.forecast()), "full collection")
    lu.assertNotStrContains(tostring(gc.forecast()), "holds it back")
  end
end

function TestForecast:test_a_deferred_collection_is_requested_first()
  local py = lab.open { profile = "3.13", output = {}, write = {} }
  lu.assertStrContains(tostring(py.gc.forecast()), "requests a collection of generation 0")
  lab.close(py)
end

function TestForecast:test_within_a_collection_no_other_starts()
  lab.run(self.py, [[
    C = class("C", { __del__ = function() said = nil text = tostring(gc.forecast()) end })
    c = C()
    c.me = c
    del "c"
    gc.collect()]])
  lu.assertStrContains(self.py.text, "A collection is running")
end

-- --------------------------------------------------------------------------- explain --

TestExplain = {}

function TestExplain:setUp() self.py = lab.open { profile = "3.8", output = {}, write = {} } end
function TestExplain:tearDown() lab.close(self.py) end

function TestExplain:test_there_may_be_none_yet()
  lu.assertEquals(self.py.gc.explain().number, 0)
  lu.assertEquals(tostring(self.py.gc.explain()), "No collection has run yet.")
end

-- The heap's own first object passed the threshold, and the program died of the hook.
function TestExplain:test_there_is_none_before_the_first_allocation()
  for _, settings in ipairs { { thresholds = { -1, 1, 1 } }, { thresholds = { 1, 1, 1 }, threshold_reached = true } } do
    local py = lab.open { profile = "3.8", settings = settings, output = {}, write = {} }
    lu.assertEquals(tostring(py.gc.explain()), "No collection has run yet.")
    py.v1 = py.list {}
    lu.assertStrContains(tostring(py.gc.explain()), "Collection 1")
    lab.close(py)
  end
end

function TestExplain:test_one_that_was_asked_for_has_its_line()
  lab.run(self.py, "a = list{}\na:append(a)\ndel 'a'\ngc.collect(1)")
  local last = self.py.gc.explain()
  lu.assertEquals({ last.automatic, last.generation, last.place, last.visited, last.unreachable, last.destroyed },
                  { false, 1, "scenario:4", 1, 1, 1 })
  lu.assertEquals(last.counts[1], 1)
  lu.assertStrContains(tostring(last), "Collection 1, of generation 1, was asked for at scenario:4.")
  lu.assertStrContains(tostring(last), "It destroyed 1 object.")
end

function TestExplain:test_nothing_is_said_of_the_reachable_where_there_are_none()
  lab.run(self.py, "a = list{} a:append(a) del 'a' gc.collect()")
  lu.assertStrContains(tostring(self.py.gc.explain()), "It visited 1 object: 0 reachable, 1 unreachable.\n")
end

function TestExplain:test_one_that_found_nothing_says_no_more_of_it()
  self.py.gc.collect()
  lu.assertStrContains(tostring(self.py.gc.explain()), "It visited no objects.\nNothing was destroyed.")
end

function TestExplain:test_an_automatic_one_names_the_allocation_and_its_line()
  for _, profile in ipairs(PROFILES) do
    local py = lab.open { profile = profile, output = {}, write = {} }
    local allocations = lab.run(py, [[
      gc.set_threshold(3)
      return gc.forecast().allocations]])
    lab.run(py, [[
      C = class("C")
      for i = 1, ... do
        _G["c" .. i] = C()
      end]], allocations)
    local last = py.gc.explain()
    lu.assertEquals({ last.number, last.automatic, last.cause, last.trigger.birth },
                    { 1, true, "scenario:3", py.birth(py["c" .. allocations]) })
    lu.assertStrContains(tostring(last), ("by the allocation of object #%d at scenario:3"):format(last.trigger.birth))
    lu.assertStrContains(tostring(last), "(over)")
    lab.close(py)
  end
end

function TestExplain:test_a_full_one_that_was_held_back_is_told()
  lab.run(self.py, [[
    all = list{}
    for i = 1, 40 do all:append(list{}) end
    gc.collect()
    gc.set_threshold(1, 100, 0)
    gc.collect(1)
    one, two = list{}, list{}]])
  local last = self.py.gc.explain()
  lu.assertEquals({ last.automatic, last.generation, last.held_back }, { true, 0, true })
  lu.assertStrContains(tostring(last), "The full collection was held back: 0 pending, 41 long-lived, and 1/4 of "
                       .. "these is 10.")
end

function TestExplain:test_what_came_back_is_named_with_its_holder()
  lab.run(self.py, [[
    C = class("C", { __del__ = function(self) saved = self end })
    c = C()
    c.me = c
    w = weakref.ref(c)
    del "c"
    gc.collect()]])
  local last = self.py.gc.explain()
  lu.assertEquals({ last.kept, last.finalizers_called, last.weakrefs_cleared }, { 2, 1, 1 })
  lu.assertEquals({ last.kept_objects[1].type, last.kept_objects[1].holder }, { "C", "name saved" })
  lu.assertStrContains(tostring(last), "3 objects: 1 reachable, which stayed in generation 2, 2 unreachable.\n")
  lu.assertStrContains(tostring(last), "Of the unreachable 2 objects came back to life and were kept, in "
                       .. "generation 2.\n  C #1, held now by name saved")
  lu.assertStrContains(tostring(last), "1 weak reference cleared, 1 finalizer called.")
end

function TestExplain:test_holders_are_told_as_why_tells_them()
  lab.run(self.py, [[
    box = dict{}
    C = class("C", { __del__ = function(self)
      box:set("k1", self)
      box:set("k2", self)
    end })
    c = C()
    c.me = c
    del "c"
    gc.collect()]])
  local kept = self.py.gc.explain().kept_objects
  lu.assertEquals(kept[1].holder, 'dict #1 value of "k2"')
  lu.assertEquals(lab.run(self.py, [[
    local told
    frame(function()
      inner = box:get "k1"
      told = gc.explain().kept_objects[1].holder
    end)
    return told]]), "name inner of frame 1")
  lu.assertEquals({ kept[2].type, kept[2].holder }, { "dict", "attributes of C #2" })
end

function TestExplain:test_garbage_that_is_saved_is_told()
  lab.run(self.py, "gc.set_debug(gc.DEBUG_SAVEALL) a = list{} a:append(a) del 'a' gc.collect()")
  lu.assertStrContains(tostring(self.py.gc.explain()), "The trash, 1 object, was saved in gc.garbage")
  local py = lab.open { profile = "2.7", output = {}, write = {} }
  lab.run(py, [[
    C = class("C", { __del__ = function() end })
    c = C()
    c.me = c
    del "c"
    gc.collect()]])
  lu.assertEquals(py.gc.explain().uncollectable, 2)
  lu.assertStrContains(tostring(py.gc.explain()), "2 objects are uncollectable")
  lab.run(py, "gc.garbage[1].me = nil gc.garbage:clear()")
  lab.close(py)
end

function TestExplain:test_only_a_trusted_scenario_is_told_the_time()
  self.py.gc.collect()
  lu.assertNil(self.py.gc.explain().nanoseconds)
  local py = lab.open { trusted = true }
  py.gc.collect()
  lu.assertStrContains(tostring(py.gc.explain()), "It took ")
  lab.close(py)
end

-- ----------------------------------------------------------------------------- steps --

TestSteps = {}

function TestSteps:setUp()
  self.py = lab.open { profile = "3.8", output = {}, write = {} }
  lab.run(self.py, [[
    v, d, o = list{1}, dict{a = 1}, object{size = 3}
    a = list{}
    a:append(a)
    del "a"]])
end
function TestSteps:tearDown() lab.close(self.py) end

local REFUSED = "RuntimeError: the heap cannot be changed while gc.steps is being walked"

function TestSteps:test_no_word_may_change_the_heap()
  for _, code in ipairs {
    "list{}", "int(5000)", "v:append(v)", "v:pop()", "v[0] = v", "d:set(v, v)", "o.size = v", "o.size = nil",
    "del 'v'", "v = nil", "x = v", "v = 5", "outer('x', v)", "drop(v)", "frame(print)", "gc.collect()",
    "gc.freeze()", "gc.set_threshold(5)", "gc.disable()", "weakref.ref(o)", "sys.intern('x')",
    "local _ = v + v", "local _ = -v", "object{}", "class 'C'",
  } do
    local message = lab.fails(self.py, ("for _ in gc.steps() do %s end"):format(code))
    lu.assertStrContains(message, "scenario:1: " .. REFUSED, false, false, code)
    lab.run(self.py, "here = list{}")                  -- the loop is over
  end
  for _, code in ipairs { "v:contains(5)", "d:get('a')", "eq(v, 5)", "v:index('x')" } do
    lu.assertStrContains(lab.fails(self.py, ("for _ in gc.steps() do %s end"):format(code)),
                         "the heap cannot be changed while gc.steps is being walked")
  end
end

function TestSteps:test_looking_is_allowed()
  lab.run(self.py, [[
    local before = refcnt(v)
    for phase in gc.steps() do
      turns = (turns or 0) + 1                 -- plain Lua is no part of the heap
      expect_eq(refcnt(v), before)
      expect_same(v[0], v[0])
      expect_eq(#v, 1)
      expect_eq(value(o.size), 3)
      expect_eq(repr(d), "{'a': 1}")
      for x in iter(v) do expect_eq(value(x), 1) end
      for x in heap.refchain() do id(x) end
      show(v)
      step "looking"
      gc.get_count() gc.get_objects() gc.get_referrers(v) gc.get_referents(v) gc.isenabled()
      gc.forecast() gc.explain() heap.stats() heap.caches() heap.generations() heap.snapshot()
      sys.getrefcount(v) sys.getsizeof(v) sys.getobjects(0)
      expect(v == v and truth(v) and is(v, v) and alive(v) and v ~= d)
      tostring(v)
      layout(v)
      origin(v)
      hash(o)
    end
    expect_eq(turns, 7)]])
end

function TestSteps:test_leaving_before_the_collection_runs_gives_it_up()
  lab.run(self.py, [[
    for phase in gc.steps() do if phase.name == "separate" then break end end
    expect_eq(gc.explain().number, 0)
    expect_live("list", 2)
    after = list{}]])
  lu.assertStrContains(lab.fails(self.py, "for phase in gc.steps() do error 'mine' end"), "mine")
  lab.run(self.py, "expect_eq(gc.explain().number, 0) expect_collect(1)")
end

function TestSteps:test_leaving_afterwards_leaves_it_done()
  lab.run(self.py, [[
    for phase in gc.steps() do if phase.name == "weakrefs" then break end end
    expect_eq(gc.explain().number, 1)
    expect_live("list", 1)
    after = list{}]])
end

function TestSteps:test_only_one_loop_at_a_time()
  lu.assertStrContains(lab.fails(self.py, "for _ in gc.steps() do for _ in gc.steps() do end end"),
                       "RuntimeError: gc.steps is being walked already")
  lab.run(self.py, "for _ in gc.steps() do end for _ in gc.steps() do end")
end

function TestSteps:test_a_loop_that_does_not_begin_locks_nothing()
  lab.run(self.py, "local step = gc.steps() x = list{} for _ in step do end expect_eq(step(), nil) y = list{}")
end

function TestSteps:test_the_end_of_the_test_ends_a_loop_that_a_coroutine_has_left_open()
  lab.run(self.py, [[
    left = coroutine.wrap(function() for _ in gc.steps() do coroutine.yield() end end)
    left()]])
  lu.assertStrContains(lab.fails(self.py, "x = list{}"), REFUSED)
end

-- A finalizer of Lua's that runs while a phase is put together would free what it is of.
function TestSteps:test_a_finalizer_of_lua_does_not_run_while_a_phase_is_made()
  local py, said = self.py, 0
  lab.run(py, "keep = list{} for i = 1, 3000 do keep:append(list{}) end")
  local next_phase = py.gc.steps()
  lu.assertEquals(next_phase().name, "merge")
  local function walk_on()
    said = said + 1
    for _ = 1, 7 do next_phase() end
  end
  local mode = collectgarbage("incremental", 100, 1000)
  collectgarbage()                              -- from here on it never waits
  collectgarbage "stop"
  for _ = 1, 20 do setmetatable({}, { __gc = walk_on }) end
  collectgarbage "restart"
  local phase = next_phase()
  collectgarbage()
  collectgarbage(mode)
  lu.assertEquals({ phase.name, #phase.objects, said }, { "subtract", 3003, 20 })
end

function TestSteps:test_the_refusal_says_how_to_end_the_loop()
  local message = lab.fails(self.py, "it = gc.steps() it() x = list{}")
  lu.assertStrContains(message, REFUSED .. ": end its loop first: leave it, or call the iterator until it gives nil")
  lab.run(self.py, "while it() do end x = list{}")
end

function TestSteps:test_a_loop_that_nobody_can_walk_on_is_over()
  for _, change in ipairs { "x = list{}", "for _ in gc.steps() do end", "eq(v, 5)", "v = nil" } do
    lab.run(self.py, "it = gc.steps(0) it() it = nil")
    lab.run(self.py, change .. " heap.check()")
    lab.run(self.py, "v = list{1}")
    lab.run(self.py, [[
      coroutine.wrap(function() for _ in gc.steps() do coroutine.yield() end end)()
      v:append(2)]])
  end
  lab.run(self.py, "local it = gc.steps(0) it() it = nil x = list{}")
  lab.run(self.py, "a = gc.explain().number")
  lab.run(self.py, "it = gc.steps() it() it = nil")
  collectgarbage()                              -- Lua's own collector decides nothing
  lab.run(self.py, "expect_eq(a, gc.explain().number) x = list{}")
end

function TestSteps:test_a_phase_prints_as_a_table_of_its_objects()
  local phases = walk(self.py)
  lu.assertEquals(tostring(phases.subtract), table.concat({
    "subtract: each reference from one of these objects to another is taken off refs, so that what is left comes from "
      .. "outside",
    "  object     value                              refcount  refs  inside  verdict",
    "  list #1    [1]                                       1     1       0  referred to from outside",
    "  object #5  <object object at 0x2000000010c0>         1     1       0  referred to from outside",
    "  list #7    [[...]]                                   1     0       1  referred to from inside only" }, "\n"))
  lu.assertEquals(tostring(phases.resurrect), "resurrect: if a finalizer or a callback was called, the unreachable "
                  .. "are looked at once more")
  lab.run(self.py, "keep = list{} for i = 1, 60 do keep:append(list{}) end")
  local _, rows = tostring(walk(self.py).merge):gsub("\n  list #", "")
  lu.assertEquals(rows, 49)                     -- and the object: 50
  lu.assertStrMatches(tostring(walk(self.py).merge), ".*\n  … 1%d more")
end

function TestSteps:test_a_generation_must_exist()
  for _, bad in ipairs { "3", "-1" } do
    lu.assertStrContains(lab.fails(self.py, "gc.steps(" .. bad .. ")"), "ValueError: invalid generation")
  end
end

function TestSteps:test_it_does_not_run_within_a_collection()
  lab.run(self.py, [[
    C = class("C", { __del__ = function() ok, problem = pcall(function() for _ in gc.steps() do end end) end })
    c = C()
    c.me = c
    del "c"
    gc.collect()]])
  lu.assertStrContains(self.py.problem, "RuntimeError: a collection is running")
end

function TestSteps:test_finalizers_callbacks_and_handlers_may_change_the_heap()
  lab.run(self.py, [[
    C = class("C", { __del__ = function(self) if not finished then made = list{self} end end })
    c = C()
    c.me = c
    w = weakref.ref(c, function() called = list{} end)
    gc.callbacks:append(function(phase) if not finished then _G[phase] = list{} end end)
    heap.on("collection_finished", function() if not finished then told = list{} end end)
    del "c"
    for phase in gc.steps() do last = phase.name end
    expect_alive(made) expect_alive(start) expect_alive(stop) expect_alive(called) expect_alive(told)
    expect_eq(last, "delete")
    finished = true]])
end

function TestSteps:test_what_runs_meanwhile_may_meddle_with_the_loop()
  lab.run(self.py, [[
    local next_phase, co
    C = class("C", { __del__ = function()
      if not next_phase then return end
      ok, problem = pcall(next_phase)
      coroutine.close(co)
    end })
    c = C()
    c.me = c
    del "c"
    co = coroutine.create(function()
      local f, s, v, closing = gc.steps()
      next_phase = f
      for _ in f, s, v, closing do coroutine.yield() end
    end)
    coroutine.resume(co)
    next_phase()                                -- subtract
    next_phase()                                -- separate
    expect_eq(next_phase(), nil)                -- the collection runs, and the loop is over
    expect_eq(next_phase(), nil)
    expect_eq(gc.explain().finalizers_called, 1)
    after = list{}]])
  lu.assertStrContains(self.py.problem, "gc.steps is being walked already")

  lab.run(self.py, [[
    local next_phase
    local co = coroutine.create(function()
      local f, s, v, closing = gc.steps()
      next_phase = f
      for _ in f, s, v, closing do coroutine.yield() end
    end)
    coroutine.resume(co)
    local stop = heap.on("collection_finished", function() closed = coroutine.close(co) end)
    for _ = 1, 3 do next_phase() end
    expect_eq(closed, true)
    stop()
    after = list{}]])
  lab.run(self.py, "for phase in gc.steps() do if phase.name == 'delete' then break end end after = list{}")
end

function TestSteps:test_the_lab_may_be_closed_within()
  local py = refchain.new { profile = "3.8" }
  lu.assertStrContains(lab.fails(py, "for _ in gc.steps() do close() end"), "the lab is closed")
end

function TestSteps:test_another_heap_is_not_locked()
  lab.run(self.py, [[
    local other = heap.new{}
    for _ in gc.steps() do
      other.x = other.list{}
      for _ in other.gc.steps() do end
    end
    expect_eq(other.gc.explain().number, 7)]])
end

function TestSteps:test_what_legacy_finalizers_keep_is_told()
  local py = lab.open { profile = "2.7", output = {}, write = {} }
  lab.run(py, [[
    C = class("C", { __del__ = function() end })
    c = C()
    c.me = c
    del "c"]])
  local phases = walk(py)
  lu.assertEquals({ phases.finalize.objects[1].verdict, phases.finalize.objects[2].verdict },
                  { "uncollectable: in gc.garbage", "uncollectable" })
  lab.run(py, "gc.garbage[1].me = nil gc.garbage:clear()")
  lab.close(py)
end

-- ------------------------------------------------------------------------- recording --

TestRecording = {}

function TestRecording:setUp()
  self.py = lab.open { profile = "3.8", output = {}, write = {} }
  self.lab = refchain.inside(self.py).lab
end
function TestRecording:tearDown() lab.close(self.py) end

function TestRecording:test_automatic_collections_are_recorded_as_steps_shows_them()
  self.lab:watch_collections(1000)
  lab.run(self.py, [[
    gc.set_threshold(20)
    for i = 1, 50 do
      a = object{} a.me = a
    end]])
  local taken = self.lab:take_collections()
  lu.assertTrue(#taken > 2)
  local destroyed = 0
  for i, phases in ipairs(taken) do
    lu.assertEquals({ phases.number, phases.automatic, phases.cause, #phases }, { i, true, "scenario:3", 7 })
    lu.assertEquals(#phases[1].objects, #phases[3].objects)
    lu.assertEquals(#phases[7].objects, phases.unreachable)
    for _, object in ipairs(phases[7].objects) do
      lu.assertEquals(object.verdict, "destroyed")
      destroyed = destroyed + 1
    end
  end
  lu.assertTrue(destroyed > 40)
  lu.assertEquals(self.lab:take_collections(), {})
  self.lab:watch_collections(0)
  self.py.gc.collect()
  lu.assertEquals(self.lab:take_collections(), {})
end

function TestRecording:test_no_more_objects_are_recorded_than_asked_for()
  self.lab:watch_collections(3)
  lab.run(self.py, [[
    keep = list{}
    for i = 1, 10 do keep:append(list{}) end
    a = list{} a:append(a) del "a"
    gc.collect()]])
  local phases = self.lab:take_collections()[1]
  for i = 1, 3 do
    lu.assertEquals({ #phases[i].objects, phases[i].untold }, { 3, 9 })
  end
  lu.assertEquals(phases[3].objects[3].verdict, "unreachable")         -- these come first
  lu.assertEquals({ #phases[7].objects, phases[7].untold }, { 1, nil })
end

function TestRecording:test_it_changes_nothing()
  local ends = {}
  for _, watches in ipairs { true, false } do
    local py = lab.open { profile = "3.13", seed = 3, output = {}, write = {} }
    if watches then refchain.inside(py).lab:watch_collections(10) end
    lab.run(py, "gc.set_threshold(7)")
    lab.run(py, WORLD:gsub("gc.disable%(%)", ""), true)
    ends[#ends + 1] = look(py)
    close(py)
  end
  lu.assertEquals(ends[1], ends[2])
end

function TestRecording:test_a_loop_over_steps_is_recorded_too()
  self.lab:watch_collections(1000)
  lab.run(self.py, "a = list{} a:append(a) del 'a'")
  local walked = walk(self.py)
  local taken = self.lab:take_collections()
  lu.assertEquals(#taken, 1)
  for i = 1, 7 do lu.assertEquals(taken[1][i], walked[i]) end
end

lab.finish()
