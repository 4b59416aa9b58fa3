-- why(x): what it says of known heaps, and on random ones that it is right, by brute force.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"
local vocabulary = require "refchain.words"

local SEED = math.tointeger(tonumber(os.getenv "REFCHAIN_SEED" or "1"))

TestWhy = {}

function TestWhy:open(profile, options)
  if self.py then self:tearDown() end
  self.output = {}
  self.py = lab.open { profile = profile or "3.8", output = self.output, settings = options }
  return self.py
end

function TestWhy:setUp() self:open() end

function TestWhy:tearDown()
  local py = self.py
  self.py = nil
  lab.close(py)
end

function TestWhy:run(code, ...) return lab.run(self.py, code, ...) end

-- The answer and its text.
function TestWhy:ask(code)
  local answer = self:run(code)
  return answer, tostring(answer)
end

local function has(text, ...)
  for _, part in ipairs { ... } do lu.assertStrContains(text, part) end
end

-- ------------------------------------------------------------------------ known heaps --

function TestWhy:test_names_each_holder_as_a_person_would()
  local answer, text = self:ask [[
    Node = class("Node")
    v1 = list{}
    v2 = list{1, v1}
    v3 = dict{k1 = v1}
    v3:set(5, tuple{v1})
    key = Node{}
    v4 = set{key}
    v3:set(key, 1)
    other = Node{next = key, twice = v1}
    return why(v1)]]
  lu.assertEquals(answer.holders, { "name v1", "list #2 [1]", 'dict #4 value of "k1"', "tuple #5 [0]",
                                    "attribute twice of Node #10" })
  lu.assertEquals(answer.holder_count, 5)
  lu.assertEquals(answer.refcount, 5)
  lu.assertEquals(answer.pinned, 0)
  lu.assertEquals({ answer.birth, answer.type, answer.repr, answer.generation, answer.tracked, answer.origin },
                  { 1, "list", "[]", 0, true, "fresh block" })
  has(text, "list #1: []\n", "refcnt 5  gen 0  tracked  fresh block\n", "held by 5:\n  name v1\n  list #2 [1]\n",
      "reached from a name: v1 → list #1", "No single removal of a reference would free it by count.")
  lu.assertEquals(self:run("return why(key)").holders,
                  { "name key", "dict #4 key", "set #7 element", "attribute next of Node #10" })
end

function TestWhy:test_of_names_in_frames()
  local answer, text = self:ask [[
    v1 = list{}
    return frame(function()
      inner = v1
      return frame(function() innermost = list{} return why(v1) end)
    end)]]
  lu.assertEquals(answer.holders, { "name v1", "name inner of frame 1" })
  has(text, "held by 2")
  answer, text = self:ask "return frame(function() only = list{} return why(only) end)"
  lu.assertEquals(answer.holders, { "name only of frame 1" })
  has(text, "only of frame 1 → list", 'del "only" of frame 1 alone would free it')
end

function TestWhy:test_of_a_name_in_a_frame_that_a_callback_interrupts()
  local answer = self:run [[
    local seen
    local C = class("C", {__del__ = function(self) seen = why(self.x) end})
    frame(function()
      inner = list{}
      c = C{x = inner}
      del "c"
    end)
    return seen]]
  lu.assertEquals(answer.holders[1], "name inner of frame 1")
end

function TestWhy:test_shows_the_shortest_path()
  local answer, text = self:ask [[
    v1 = list{list{dict{k1 = object{x = tuple{list{}}}}}}
    v2 = list{0, v1[0]}
    return why(v1[0][0]:get("k1").x[0])]]
  lu.assertEquals(answer.reach, "name")
  lu.assertEquals(answer.path_length, 6)
  lu.assertEquals(answer.path[1], { text = "v1" })
  has(text, "reached from a name: v1 → list #", ' "k1" → object #', " .x → tuple #", " [0] → list #")
end

function TestWhy:test_of_garbage_shows_the_cycle_and_who_frees_it()
  local answer, text = self:ask [[
    a = list{} b = list{a} a:append(b)
    local x = list{}
    b:append(dict{k = x})
    del("a", "b")
    return why(x)]]
  lu.assertEquals(answer.reach, "garbage")
  lu.assertEquals(answer.cycle_length, 2)
  lu.assertEquals(answer.way_length, 2)
  lu.assertEquals(answer.oldest, 0)
  lu.assertEquals(answer.freed.by, "collector")
  lu.assertEquals(answer.freed.generation, 0)
  has(text, "garbage: no name", "kept by the cycle list #2 [0] → list #1 [0] → list #2",
      'which leads on to it: list #2 [1] → dict #5 "k" → list #3',
      "A collection of generation 0 or an older one frees it: automatically when the count of generation 0, now 4, "
      .. "exceeds 700, or by gc.collect(0).", 'Removing dict #5 value of "k" alone would free it by count.')
end

function TestWhy:test_of_an_object_in_itself()
  local answer, text = self:ask "v = list{} v:append(v) local x = v del 'v' return why(x)"
  lu.assertEquals(answer.cycle_length, 1)
  lu.assertEquals(answer.way_length, 0)
  has(text, "kept by the cycle list #1 [0] → list #1\n", "Removing list #1 [0] alone would free it")
end

function TestWhy:test_two_cycles_have_no_single_removal()
  local answer, text = self:ask [[
    v = list{} v:append(v) v:append(v)
    local x = v del "v"
    return why(x)]]
  lu.assertEquals(answer.removals, {})
  has(text, "held by 2:", "No single removal of a reference would free it by count.")
end

function TestWhy:test_a_name_far_away_may_free_it_too()
  local answer, text = self:ask "v1 = list{dict{k = list{}}} return why(v1[0]:get('k'))"
  lu.assertEquals(answer.removals, { 'dict #3 value of "k"', "name v1" })
  has(text, 'Each of these alone would free it by count: removing dict #3 value of "k"; del "v1"')
end

function TestWhy:test_what_is_in_a_tuple_goes_with_the_tuple()
  local answer = self:run "v1 = list{tuple{list{}}} return why(v1[0][0])"
  lu.assertEquals(answer.removals[1], "list #" .. self:run "return birth(v1)" .. " [0]")
end

function TestWhy:test_says_what_is_for_ever()
  local _, text = self:ask "return why(int(5))"
  has(text, "int 5\n", "held by small-int pool", "small-int pool → int 5", "kept for ever (small-int pool)")
  has(select(2, self:ask "return why(None)"), "None\n", "held by singleton")
  has(select(2, self:ask "return why(str('a'))"), "character cache → str")
  self:open "3.12"
  local answer
  answer, text = self:ask "v = list{None} return why(None)"
  lu.assertEquals(answer.holders, { "singleton", "list #1 [0]" })
  lu.assertEquals(answer.holder_count + answer.pinned, answer.refcount)
  has(text, "immortal: its count is pinned at 4294967295", "Nothing frees it: it is immortal.")
  self:open "3.11"
  answer, text = self:ask "v = list{5} return why(int(5))"
  lu.assertEquals(answer.holders, { "small-int pool", "list #1 [0]" })
  has(text, "its count begins at " .. answer.pinned .. "; held by")
end

function TestWhy:test_the_names_of_a_class_hold_their_strings()
  self:open "3.12"
  local answer = self:run "local C = class('Node') x = C{surname = 1} return why(sys.intern(str('surname')))"
  lu.assertItemsEquals(answer.holders, { "names of class Node", "intern table" })
end

function TestWhy:test_of_temporaries_and_gc_garbage()
  local answer, text = self:ask "return why(list{1})"
  lu.assertEquals(answer.holders, { "temporary" })
  lu.assertEquals(answer.reach, "temporary")
  has(text, "Dropping the temporary alone would free it")
  answer, text = self:ask [[
    gc.set_debug(gc.DEBUG_SAVEALL)
    v = list{} v:append(v) local x = v del "v"
    local before = tostring(why(x))
    expect(string.find(before, "DEBUG_SAVEALL", 1, true) ~= nil)
    gc.collect()
    return why(x)]]
  lu.assertEquals(answer.reach, "other")
  lu.assertEquals(answer.holders[1], "gc.garbage[1]")
  has(text, "reached without a name: gc.garbage[1] → list #")
end

function TestWhy:test_says_what_nobody_frees()
  local garbage = "v = list{} v:append(v) local x = v del 'v' "
  local answer, text = self:ask(garbage
    .. "gc.freeze() local a = why(x) gc.unfreeze() gc.collect() return a")
  lu.assertEquals(answer.freed.by, "nobody")
  has(text, "frozen: write gc.unfreeze()")
  answer, text = self:ask(garbage .. "gc.disable() local a = why(x) gc.enable() gc.collect() return a")
  lu.assertEquals(answer.freed.by, "gc.collect")
  has(text, "gc.collect(0) frees it; automatic collection is off.")
  has(select(2, self:ask(garbage .. "gc.set_threshold(0) local a = why(x) gc.collect() return a")),
      "(the first threshold is 0)")
  self:open "2.7"
  answer, text = self:ask [[
    local C = class("C", {__del__ = function() end})
    c = C{} c.me = c c.x = list{}
    local x, was_c = c.x, c del "c"
    local answer = why(x)
    was_c.me = nil
    return answer]]
  lu.assertEquals(answer.freed.by, "nobody")
  has(text, "Nobody frees it: C #", " has a __del__", "uncollectable")
end

function TestWhy:test_says_when_an_old_one_is_freed()
  local garbage = "v = list{} v:append(v) gc.collect(%d) local x = v del 'v' return why(x)"
  local answer, text = self:ask(garbage:format(0))
  lu.assertEquals(answer.oldest, 1)
  has(text, "A collection of generation 1 or 2 frees it: automatically when the count of generation 1, now 1, "
      .. "exceeds 10 and the count of generation 0, now 0, exceeds 700, or by gc.collect(1).")
  answer, text = self:ask("gc.collect() " .. garbage:format(2))
  lu.assertEquals(answer.oldest, 2)
  has(text, "A full collection frees it", "or by gc.collect()")
end

function TestWhy:test_of_a_dead_one_says_how_it_died()
  local answer, text = self:ask "v = list{} local x = v del 'v' return why(x)"
  lu.assertTrue(answer.dead)
  lu.assertEquals(answer.birth, 1)
  lu.assertEquals(text, 'list #1, destroyed by del "v" at scenario:1')
end

function TestWhy:test_inside_finalizers()
  self:run [[
    local told = 0
    local C = class("C", {__del__ = function(self)
      local answer = why(self)
      expect_eq(answer.holders, {"a finalizer, a death or a collection that is running"})
      expect_eq(answer.reach, "other")
      expect_eq(#why(self.x).holders, refcnt(self.x))
      expect_eq(why(self.x).reach, "other")
      told = told + 1
    end})
    c = C{x = list{}}
    del "c"
    expect_eq(told, 1)
    c = C{x = list{}}
    local C_2 = class("C", {__del__ = function(self)
      expect_eq(#why(self).holders, refcnt(self))
      expect_eq(#why(self.me).holders, refcnt(self.me))
      told = told + 1
    end})
    del "c"
    c = C_2{}
    c.me = c
    del "c"
    gc.collect()
    expect_eq(told, 3)]]
end

function TestWhy:test_inside_callbacks_while_a_collection_runs()
  self:run [[
    v = list{}
    l = list{}
    l:append(l)
    local lost, reasons, told = l, {}, 0
    del "l"
    local function told_of(phase)
      expect_eq(#why(v).holders, refcnt(v))
      if phase == "start" then reasons[#reasons + 1] = why(lost).freed.reason end
    end
    gc.callbacks:append(told_of)
    local C = class("C")
    c = C{}
    c.me = c
    w = weakref.ref(c, function()
      expect_eq(#why(v).holders, refcnt(v))
      told = told + 1
    end)
    del "c"
    gc.collect()
    expect_eq(told, 1)
    gc.callbacks:remove(told_of)
    expect_eq(reasons, {"A collection is running: ask again when it is done."})]]
end

function TestWhy:test_in_a_finalizer_the_way_begins_at_a_holder()
  local text = self:run [[
    local told
    local C = class("C", {__del__ = function(self) told = tostring(why(self.x)) end})
    c = C{x = list{}}
    del "c"
    return told]]
  has(text, "\nreached without a name: a finalizer, a death or a collection that is running → C #", " .x → list #")
  lu.assertNotStrContains(text, "a word that is running")
end

function TestWhy:test_says_that_the_collector_has_it()
  local text = self:run [[
    local told
    local C = class("C", {__del__ = function(self) told = tostring(why(self)) end})
    c = C{}
    c.me = c
    del "c"
    gc.collect()
    return told]]
  has(text, "refcnt 2  in the hands of the collector  ")
end

function TestWhy:test_prints_a_dozen_holders_or_thirteen()
  local function text_of(count)
    return self:run("x = list{} held = list{} for i = 1, " .. count .. " do held:append(x) end return why(x)")
  end
  has(tostring(text_of(12)), "held by 13:", "list #2 [11]")
  lu.assertNotStrContains(tostring(text_of(12)), " more")
  has(tostring(text_of(13)), "held by 14:", "  and 2 more")
  local answer = text_of(1502)
  lu.assertEquals({ #answer.holders, answer.holder_count }, { 1000, 1503 })
  has(tostring(answer), "  and 1491 more")
end

function TestWhy:test_shows_a_name_on_one_line()
  local answer, text = self:ask '_ENV["we ird\\nname\\1"] = list{} return why(_ENV["we ird\\nname\\1"])'
  lu.assertEquals(answer.holders, { "name we ird\nname\1" })
  has(text, "held by name we ird\\nname\\001\n", "reached from a name: we ird\\nname\\001 → list #",
      '\ndel "we ird\\nname\\001" alone')
end

function TestWhy:test_says_what_asking_changes()
  for _, word in ipairs { "why", "heap.diff" } do
    has(vocabulary.by_name[word].meaning, "lets go of lost temporaries", "as refcnt does")
  end
  lu.assertEquals(self:run [[
    v = list{}
    local function waste() return birth(list{}) end
    waste()
    why(v)
    return heap.live("list")]], 1)
end

function TestWhy:test_misuse()
  has(lab.fails(self.py, "why(5)"), "TypeError: ", "(in why)")
  has(lab.fails(self.py, "why()"), "TypeError: ", "(in why)")
  has(lab.fails(self.py, "local py = heap.new{} why(py.list{})"), "belongs to another heap (in why)")
end

function TestWhy:test_works_at_the_memory_limit()
  self.py.v1 = self.py.list { self.py.list {} }
  local inside = refchain.inside(self.py)
  inside.lab:set_limit(self.py.heap.memory().used)
  lu.assertEquals(self:run("return why(v1[0])").holders, { "list #2 [0]" })
  inside.lab:set_limit(0)
end

-- ----------------------------------------------------------------- asking is harmless --

-- All of a heap that a scenario can see.
local function picture(py)
  local objects = {}
  for i, x in ipairs(py.gc.get_objects()) do objects[i] = py.birth(x) end
  return { objects = objects, counts = { py.gc.get_count() }, stats = py.heap.stats(), memory = py.heap.memory(),
           caches = py.heap.caches(), generations = py.heap.generations(), snapshot = py.heap.snapshot(),
           refchain = (function() local all = {} for x in py.heap.refchain() do all[#all + 1] = py.birth(x) end
                                  return all end)() }
end

-- -------------------------------------------------------------------------- brute force --

local ATTRIBUTES = { "a", "b", "c" }

-- A heap of `size` containers, linked at random, of which few have names in the end.
-- Returns handles to those that live, in order, and the names.
local function build(py, seed, size)
  math.randomseed(seed)
  local random, all, names = math.random, {}, {}
  local Node = py.class "Node"
  local makers = {
    function() return py.list {} end, function() return py.dict {} end, function() return py.set {} end,
    function() return Node {} end, function() return Node {} end,
    function(x) return x and py.tuple { x, x } or py.tuple { 1 } end,
  }
  local function name_of(i) return "n" .. i end
  for i = 1, size do
    local x = makers[random(#makers)](all[random(1, math.max(1, #all))])
    all[i], names[name_of(i)] = x, i
    py[name_of(i)] = x
    if random(size) == 1 then py.gc.collect(random(0, 2)) end
  end
  for _ = 1, random(size, 2 * size) do
    local x, y = all[random(size)], all[random(size)]
    local kind = py.typename(x)
    if kind == "list" then x:append(y)
    elseif kind == "dict" then
      if py.typename(y) == "Node" and random(2) == 1 then x:set(y, random(1000, 1003))
      else x:set("k" .. random(4), y)
      end
    elseif kind == "set" then if py.typename(y) == "Node" then x:add(y) end
    elseif kind == "Node" then x[ATTRIBUTES[random(3)]] = y
    end
    if random(size) == 1 then py.gc.collect(random(0, 2)) end
  end
  for i = 1, size do
    if random(8) > 1 then
      py[name_of(i)] = nil
      names[name_of(i)] = nil
    end
  end
  local alive = {}
  for _, x in ipairs(all) do if py.alive(x) then alive[#alive + 1] = x end end
  return alive, names, all
end

-- The references of what lives, read with the scenario's own words: a sequence of
-- { from = birth or nil, to = birth, text = holder, removable =, remove = function }.
local function read(py, alive, names, all)
  local edges = {}
  local function add(edge) edges[#edges + 1] = edge end
  local known = {}
  for _, x in ipairs(alive) do known[py.birth(x)] = x end
  local function to(y) return known[py.birth(y)] and py.birth(y) end
  for name, i in pairs(names) do
    add { to = py.birth(all[i]), text = "name " .. name, remove = function(heap) heap.del(name) end }
  end
  for n, x in ipairs(alive) do
    local kind, from = py.typename(x), py.birth(x)
    local title = ("%s #%d"):format(kind, from)
    if kind == "list" or kind == "tuple" then
      for i = 0, #x - 1 do
        add { from = from, to = to(x[i]), text = ("%s [%d]"):format(title, i),
              remove = kind == "list" and function(_, there) there[n]:delitem(i) end or nil }
      end
    elseif kind == "dict" then
      for key, value in py.items(x) do
        local key_birth = py.birth(key)
        if py.typename(key) == "Node" then
          add { from = from, to = to(key), text = title .. " key",
                remove = function(heap, there)
                  for candidate in heap.keys(there[n]) do
                    if heap.birth(candidate) == key_birth then return there[n]:delitem(candidate) end
                  end
                end }
        else
          local text = py.value(key)
          add { from = from, to = to(value), text = ('%s value of "%s"'):format(title, text),
                remove = function(_, there) there[n]:delitem(text) end }
        end
      end
    elseif kind == "set" then
      for y in py.iter(x) do
        local element = py.birth(y)
        add { from = from, to = to(y), text = title .. " element",
              remove = function(heap, there)
                for candidate in heap.iter(there[n]) do
                  if heap.birth(candidate) == element then return there[n]:discard(candidate) end
                end
              end }
      end
    else
      for _, name in ipairs(ATTRIBUTES) do
        local found, y = py.pcall(function() return x[name] end)
        if found then
          add { from = from, to = to(y), text = ("attribute %s of %s"):format(name, title),
                remove = function(_, there) there[n][name] = nil end }
        end
      end
    end
  end
  return edges
end

-- How many steps lead from the objects in `start` (birth -> steps) to each.
local function distances(edges, start)
  local steps, queue, head = {}, {}, 1
  for birth, distance in pairs(start) do
    steps[birth] = distance
    queue[#queue + 1] = birth
  end
  while queue[head] do
    local at = queue[head]
    head = head + 1
    for _, edge in ipairs(edges) do
      if edge.from == at and edge.to and not steps[edge.to] then
        steps[edge.to] = steps[at] + 1
        queue[#queue + 1] = edge.to
      end
    end
  end
  return steps
end

-- What dies when the edge is removed.
local function cascade(edges, removed)
  local counts, dead, queue, head = {}, {}, {}, 1
  for _, edge in ipairs(edges) do
    if edge.to then counts[edge.to] = (counts[edge.to] or 0) + 1 end
  end
  local function release(edge)
    if not edge.to then return end
    counts[edge.to] = counts[edge.to] - 1
    if counts[edge.to] == 0 then
      dead[edge.to] = true
      queue[#queue + 1] = edge.to
    end
  end
  release(removed)
  while queue[head] do
    local at = queue[head]
    head = head + 1
    for _, edge in ipairs(edges) do if edge.from == at and edge ~= removed then release(edge) end end
  end
  return dead
end

local function follows(edges, from, to)
  for _, edge in ipairs(edges) do if edge.from == from and edge.to == to then return true end end
  return false
end

local function check_way(edges, steps, last, what)
  for i, step in ipairs(steps) do
    local following = steps[i + 1] and steps[i + 1].birth or last
    lu.assertTrue(follows(edges, step.birth, following), what .. ": " .. step.text)
  end
end

local function check_holders(py, edges, x, answer, what)
  local expected = {}
  for _, edge in ipairs(edges) do if edge.to == py.birth(x) then expected[#expected + 1] = edge.text end end
  lu.assertEquals(answer.pinned, 0, what)
  lu.assertEquals(answer.holder_count, py.refcnt(x), what)
  lu.assertEquals(#answer.holders, answer.holder_count, what)
  lu.assertItemsEquals(answer.holders, expected, what)
end

local function check_reach(edges, names, birth, answer, what)
  local steps = names[birth]
  lu.assertEquals(answer.reach, steps and "name" or "garbage", what)
  if steps then
    lu.assertEquals(answer.path_length, steps, what)
    lu.assertEquals(#answer.path, steps, what)
    local first, name = answer.path[2] and answer.path[2].birth or birth, answer.path[1].text
    local bound = false
    for _, edge in ipairs(edges) do bound = bound or edge.text == "name " .. name and edge.to == first end
    lu.assertTrue(bound, what)
    check_way(edges, table.move(answer.path, 2, #answer.path, 1, {}), birth, what)
    return
  end
  lu.assertTrue(#answer.cycle > 0, what)
  check_way(edges, answer.cycle, answer.cycle[1].birth, what)
  check_way(edges, answer.way, birth, what)
  if answer.way[1] then
    lu.assertEquals(answer.way[1].birth, answer.cycle[1].birth, what)
    lu.assertFalse(distances(edges, { [birth] = 0 })[birth] ~= 0, what)
  end
end

-- The length of the shortest cycle through an object, or nil.
local function shortest_cycle(edges, birth)
  local start = {}
  for _, edge in ipairs(edges) do if edge.from == birth and edge.to then start[edge.to] = 1 end end
  return distances(edges, start)[birth]
end

local function check_removals(edges, cascades, birth, answer, what)
  local freeing, any = {}, false
  for i, edge in ipairs(edges) do
    if edge.remove and cascades[i][birth] then freeing[edge.text], any = edge, true end
  end
  lu.assertEquals(#answer.removals > 0, any, what)
  for _, text in ipairs(answer.removals) do lu.assertNotNil(freeing[text], what .. ": " .. text) end
  return freeing[answer.removals[1]]
end

-- Do it in a heap that is made again: the object dies.
local function do_remove(profile, seed, size, edge, birth)
  local py = lab.open { profile = profile }
  py.gc.disable()
  local alive = build(py, seed, size)
  local target
  for _, x in ipairs(alive) do if py.birth(x) == birth then target = x end end
  edge.remove(py, alive)
  lu.assertFalse(py.alive(target), edge.text .. " does not free #" .. birth)
  py.gc.enable()
  lab.close(py)
end

-- Collect as the answer says, and one generation less: only the first frees it.
local function do_collect(profile, seed, size, answer)
  for generation = answer.oldest - 1, answer.oldest do
    if generation >= 0 then
      local py = lab.open { profile = profile }
      py.gc.disable()
      local target
      for _, x in ipairs((build(py, seed, size))) do if py.birth(x) == answer.birth then target = x end end
      py.gc.collect(generation)
      lu.assertEquals(py.alive(target), generation < answer.oldest,
                      ("#%d, generation %d"):format(answer.birth, generation))
      py.gc.enable()
      lab.close(py)
    end
  end
end

local function check_heap(profile, seed, size)
  local py = lab.open { profile = profile }
  py.gc.disable()
  local alive, names, all = build(py, seed, size)
  local edges = read(py, alive, names, all)
  local start, cascades, answers, removals = {}, {}, {}, {}
  for _, edge in ipairs(edges) do if not edge.from then start[edge.to] = 1 end end
  local reached = distances(edges, start)
  for i, edge in ipairs(edges) do cascades[i] = edge.remove and cascade(edges, edge) or {} end
  picture(py)                                   -- what looking itself does is done then
  local before = picture(py)
  for i, x in ipairs(alive) do answers[i] = py.why(x) end
  lu.assertEquals(picture(py), before, "asking has changed something")
  local tried = 0
  for i, x in ipairs(alive) do
    local birth = py.birth(x)
    local what = ("profile %s, seed %d, %s #%d"):format(profile, seed, py.typename(x), birth)
    check_holders(py, edges, x, answers[i], what)
    check_reach(edges, reached, birth, answers[i], what)
    if answers[i].reach == "garbage" and answers[i].way_length == 0 then
      lu.assertEquals(answers[i].cycle_length, shortest_cycle(edges, birth), what)
    end
    removals[i] = check_removals(edges, cascades, birth, answers[i], what)
  end
  py.gc.enable()
  lab.close(py)
  for i, edge in pairs(removals) do
    tried = tried + 1
    if tried <= 6 then do_remove(profile, seed, size, edge, answers[i].birth) end
  end
  tried = 0
  for _, answer in ipairs(answers) do
    if answer.reach == "garbage" then
      tried = tried + 1
      if tried <= 3 then do_collect(profile, seed, size, answer) end
    end
  end
end

TestRandom = {}

for _, profile in ipairs { "2.7", "3.8", "3.11", "3.12", "3.13" } do
  TestRandom["test_it_is_right_on_" .. profile:gsub("%.", "_")] = function()
    for seed = SEED, SEED + 39 do check_heap(profile, seed, 5 + seed % 25) end
  end
end

lab.finish()
