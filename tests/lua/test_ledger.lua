-- ledger(x) and at(id): what they record is what happened.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"

local PROFILE = os.getenv "REFCHAIN_PROFILE"
local PROFILES = PROFILE and { PROFILE } or { "2.7", "3.8", "3.11", "3.13", "3.15", "textbook" }

local function open(options)
  options = options or {}
  options.ledger = options.ledger or true
  options.profile = options.profile or PROFILE
  options.output, options.write = options.output or {}, options.write or {}
  return lab.open(options)
end

-- The changes of an answer as lines: "+1 2 item list #2 scenario:3".
local function lines(changes)
  local found = {}
  for i, change in ipairs(changes) do
    found[i] = ("%+d %d %s %s %s"):format(change.change, change.count, change.reason, change.holder, change.place)
  end
  return found
end

-- ------------------------------------------------------------------------ ledger(x) --

TestLedger = {}

function TestLedger:setUp() self.py = open() end
function TestLedger:tearDown() lab.close(self.py) end

function TestLedger:run(code, ...) return lab.run(self.py, code, ...) end

function TestLedger:test_has_every_change_with_reason_holder_and_place()
  local facts = self:run [[
v1 = list{}
v2 = list{}
v2:append(v1)
v1 = None
return ledger(v2[0])]]
  lu.assertEquals(lines(facts.changes), {
    "+1 1 creation the running word scenario:1",
    "+0 1 temporary temporary scenario:1",
    "+0 1 name name v1 scenario:1",
    "+1 2 item list #2 scenario:3",
    "-1 1 name name v1 scenario:4",
  })
  lu.assertEquals({ facts.type, facts.birth, facts.alive, facts.count, facts.born, facts.death, facts.dropped,
                    facts.complete }, { "list", 1, true, 1, "scenario:1", nil, 0, true })
end

function TestLedger:test_steps_number_all_changes_of_the_heap()
  local a, b = self:run [[
a = list{}
b = list{}
return ledger(a), ledger(b)]]
  local steps = {}
  for _, facts in ipairs { a, b } do
    for _, change in ipairs(facts.changes) do steps[#steps + 1] = change.step end
  end
  lu.assertEquals(steps, { 1, 2, 3, 4, 5, 6 })
end

function TestLedger:test_names_each_sort_of_holder()
  local holders = self:run [[
x = list{}
l, t, s, d = list{x}, tuple{x}, list{}, dict{k = x}
Node = class("Node", {})
n = Node{next = x}
frame(function() inner = x; frame(function() innermost = x end) end)
local seen = {}
for _, change in ipairs(ledger(x).changes) do seen[change.holder] = change.reason end
return seen]]
  lu.assertEquals(holders["name x"], "name")
  lu.assertEquals(holders["list #2"], "item")
  lu.assertEquals(holders["tuple #3"], "item")
  lu.assertEquals(holders["name inner of frame 1"], "name")
  lu.assertEquals(holders["name innermost of frame 2"], "name")
  local dict, node
  for holder, reason in pairs(holders) do
    dict = dict or holder:find "^dict #" and reason
    node = node or holder:find "^Node #" and reason
  end
  lu.assertEquals(dict, "value")
  lu.assertTrue(node == "attribute" or dict ~= nil)
end

function TestLedger:test_tells_the_whole_life_of_the_dead()
  local facts = self:run [[
v1 = list{}
local it = v1
del "v1"
return ledger(it)]]
  lu.assertFalse(facts.alive)
  lu.assertEquals(facts.count, 0)
  lu.assertEquals(facts.death, 'list #1, destroyed by del "v1" at scenario:3')
  lu.assertEquals(lines(facts.changes)[4], "-1 0 name name v1 scenario:3")
  end

function TestLedger:test_tells_what_the_collector_did()
  local facts = self:run [[
a = list{}
a:append(a)
local it = a
a = nil
gc.collect()
return ledger(it)]]
  lu.assertEquals(facts.death, "list #1, destroyed by the collector in gc.collect at scenario:5")
  local all = lines(facts.changes)
  lu.assertEquals({ table.unpack(all, #all - 2) }, {
    "+1 2 collector the collector scenario:5",
    "-1 1 item list #1 scenario:5",
    "-1 0 collector the collector scenario:5",
  })
end

function TestLedger:test_tells_of_finalizers_and_resurrection()
  local facts = self:run [[
Phoenix = class("Phoenix", {__del__ = function(self) saved = self end})
p = Phoenix{}
p = nil
return ledger(saved)]]
  lu.assertEquals(facts.type, "Phoenix")
  local all = lines(facts.changes)
  lu.assertEquals({ table.unpack(all, #all - 3) }, {
    "-1 0 name name p scenario:3",
    "+1 1 finalizer its finalizer scenario:3",
    "+1 2 name name saved scenario:1",
    "-1 1 finalizer its finalizer scenario:3",
  })
end

function TestLedger:test_leaves_out_what_running_words_hold()
  local before, after = self:run [[
x = list{1}
local before = #ledger(x).changes
refcnt(x) repr(x) eq(x, x) for _ in iter(x) do end expect_refcnt(x, 1)
return before, #ledger(x).changes]]
  lu.assertEquals(after, before)
end

function TestLedger:test_what_a_dict_takes_out_of_pairs_is_an_operand_meanwhile()
  local facts = self:run [[
x = list{}
d = dict{}
d:update(list{tuple{1, x}})
return ledger(x)]]
  local holders = {}
  for _, change in ipairs(facts.changes) do holders[#holders + 1] = change.holder end
  lu.assertEquals({ table.unpack(holders, 4) }, { "tuple #3", "dict #2", "tuple #3" })
end

function TestLedger:test_leaves_out_that_an_argument_becomes_an_operand()
  local facts = self:run [[
d = dict{}
d:set("a key", list{})
for k in keys(d) do return ledger(k) end]]
  lu.assertEquals(lines(facts.changes), {
    "+1 1 creation the running word scenario:2",
    "+1 2 key dict #1 scenario:2",
    "-1 1 creation the running word scenario:2",
  })
  lu.assertTrue(facts.complete)
end

function TestLedger:test_shows_a_name_on_one_line()
  local text = self:run '_ENV["we ird\\nname"] = list{} return tostring(ledger(_ENV["we ird\\nname"]))'
  lu.assertStrContains(text, "name we ird\\nname  name ")
  text = self:run [[
local it = _ENV["we ird\nname"]
del "we ird\nname"
return tostring(ledger(it)) .. "\n" .. tostring(at(it))]]
  lu.assertStrContains(text, 'list #1, destroyed by del "we ird\\nname" at scenario:2 (made')
  lu.assertStrContains(text, 'made at scenario:1, destroyed by del "we ird\\nname" at scenario:2')
end

function TestLedger:test_asking_changes_nothing()
  self:run [[
v1 = list{}
local it = v1
local count, births = refcnt(v1), heap.stats().births
for _ = 1, 3 do ledger(v1) at(v1) at(id(v1)) tostring(ledger(v1)) end
expect_eq(refcnt(v1), count)
expect_eq(heap.stats().births, births)
expect_eq(#ledger(v1).changes, 3)]]
end

function TestLedger:test_lets_go_of_temporaries()
  local alive = self:run [[
local function waste() return id(list{}) end
v = list{}
local address = waste()
return at(address)[1].alive]]
  lu.assertFalse(alive)
end

function TestLedger:test_reads_as_a_table()
  lu.assertEquals(self:run [[
v1 = list{}
v2 = list{v1}
return tostring(ledger(v1))]], [[
list #1 is alive, with count 2 (made at scenario:1): 4 changes of its count
  step  change  count  holder            reason     where
     1      +1      1  the running word  creation   scenario:1
     2       0      1  temporary         temporary  scenario:1
     3       0      1  name v1           name       scenario:1
     5      +1      2  list #2           item       scenario:2]])
end

function TestLedger:test_knows_places_after_any_number_of_names()
  local facts = self:run [[
for i = 1, 5000 do _G["name" .. i] = list{} end
for i = 1, 5000 do _G["name" .. i] = nil end
x = load("\n\nreturn list{}", "=late")()
return ledger(x)]]
  lu.assertEquals(facts.born, "late:3")
end

function TestLedger:test_titles_of_what_start_up_made()
  local small, none = self:run "v = list{7} return ledger(v[0]), ledger(None)"
  lu.assertEquals({ small.title, none.title }, { "int 7", "None" })
  lu.assertTrue(none.birth < 0)
  lu.assertStrContains(tostring(self:run "return at(None)"), "\n  None, made before the ledger remembers, alive")
  lu.assertEquals(self:run "return ledger(v).title", "list #1")
  lu.assertEquals(self:run "return at(v)[1].title", "list #1")
end

function TestLedger:test_says_that_a_count_is_pinned()
  local py = open { profile = "3.12" }
  local facts = lab.run(py, "v = list{None} v2 = list{None} return ledger(None)")
  lu.assertTrue(facts.pinned and facts.immortal)
  lu.assertStrContains(tostring(facts), "None is immortal, its count is pinned at 4,294,967,295: 2 changes, which its "
    .. "count does not show\n")
  lab.close(py)
  py = open { profile = "3.11" }
  facts = lab.run(py, "v = list{None} return ledger(None)")
  lu.assertFalse(facts.pinned)
  lu.assertStrContains(tostring(facts), "None is alive, with count ")
  lab.close(py)
end

function TestLedger:test_of_what_start_up_made_says_so()
  local text = self:run "return tostring(ledger(None))"
  lu.assertStrContains(text, "None is ")
  lu.assertStrContains(text, "\nit was made before the ledger began")
end

function TestLedger:test_stands_beside_handlers_of_events()
  local told, kept = self:run [[
local told = 0
heap.on("count_changed", function(e) if e.type == "list" then told = told + 1 end end)
x = list{}
return told, #ledger(x).changes]]
  lu.assertEquals(told, 3)
  lu.assertEquals(kept, 3)
end

-- ----------------------------------------------------------------------- forgetting --

TestForgetting = {}

function TestForgetting:test_the_oldest_changes_are_forgotten_first()
  local py = open { ledger = 64 << 10 }
  local facts, text = lab.run(py, [[
v1 = list{}
for i = 1, 5000 do v2 = v1 v2 = nil end
return ledger(v1), tostring(ledger(v1))]])
  lu.assertEquals(facts.dropped + #facts.changes, 10003)
  lu.assertFalse(facts.complete)
  lu.assertEquals(facts.changes[1].step, facts.dropped + 1)
  lu.assertEquals(facts.changes[#facts.changes].step, 10003)
  lu.assertEquals(facts.changes[#facts.changes].count, 1)
  lu.assertEquals(facts.changes[#facts.changes - 1].count, 2)
  lu.assertEquals(#facts.changes, (64 << 10) * 3 // 4 // 24)
  lu.assertStrContains(text, ("\nthe first %d,%03d changes of the heap are forgotten\n"):format(
    facts.dropped // 1000, facts.dropped % 1000))
  lu.assertStrContains(text, "\nthe last 40 are shown; all are in the answer's `changes`\n")
  lab.close(py)
end

function TestForgetting:test_lives_are_forgotten_too()
  local py = open { ledger = 64 << 10 }
  local facts = lab.run(py, [[
v1 = list{}
for i = 1, 2000 do x = set{} end
return at(v1)]])
  lu.assertEquals(#facts, 1)
  lu.assertEquals({ facts[1].birth, facts[1].type, facts[1].born, facts[1].alive }, { 1, "list", nil, true })
  lu.assertTrue(facts.dropped >= 1500 and facts.dropped < 2001)
  lu.assertStrContains(tostring(facts), "made before the ledger remembers, alive\n")
  lab.close(py)
end

function TestForgetting:test_the_dead_end_also_when_all_is_forgotten()
  local py = open { ledger = 64 << 10 }
  local facts = lab.run(py, [[
v1 = list{}
local it = v1
v1 = nil
v1 = list{}
for i = 1, 5000 do v2 = v1 v2 = nil end
return ledger(it)]])
  lu.assertEquals(#facts.changes, 0)
  lu.assertStrContains(tostring(facts), "list #1, destroyed by v1 = nil at scenario:3 (made at scenario:1): 0 changes\n"
    .. "the first ")
  lab.close(py)
end

-- ---------------------------------------------------------------------------- at(id) --

TestAt = {}

function TestAt:setUp() self.py = open() end
function TestAt:tearDown() lab.close(self.py) end

function TestAt:test_tells_who_has_lived_there()
  local facts, text = lab.run(self.py, [[
v1 = list{}
local address = id(v1)
v1 = nil
v2 = list{}
v2:append(v2)
del "v2"
gc.collect()
local lives = at(address)
return lives, tostring(lives)]])
  lu.assertEquals(#facts, 2)
  lu.assertEquals(facts[1], { birth = 1, type = "list", title = "list #1", born = "scenario:1", alive = false,
                              died = "scenario:3", by = "v1 = nil" })
  lu.assertEquals(facts[2], { birth = 2, type = "list", title = "list #2", born = "scenario:4", alive = false,
                              died = "scenario:7", by = "the collector in gc.collect" })
  lu.assertEquals(text, ([[
2 objects have lived at 0x%x:
  list #1, made at scenario:1, destroyed by v1 = nil at scenario:3
  list #2, made at scenario:4, destroyed by the collector in gc.collect at scenario:7]]):format(facts.id))
end

function TestAt:test_takes_an_id_or_an_object_dead_or_alive()
  lu.assertTrue(lab.run(self.py, [[
v1 = list{}
local it = v1
expect_eq(at(v1), at(id(v1)))
local address = id(v1)
v1 = nil
expect_eq(at(it), at(address))
return at(it)[1].alive == false]]))
end

function TestAt:test_names_an_instance_by_its_class()
  lu.assertEquals(lab.run(self.py, [[
Node = class("Node", {})
n = Node{}
local alive = at(n)[1].type
local it = n
n = nil
return alive .. " " .. at(it)[1].type]]), "Node Node")
end

function TestAt:test_knows_start_up_objects_and_empty_addresses()
  local none, nobody = lab.run(self.py, "return at(None), at(5)")
  lu.assertEquals({ none[1].type, none[1].alive, none[1].born }, { "NoneType", true, nil })
  lu.assertEquals(#nobody, 0)
  lu.assertEquals(tostring(nobody), "nobody is known to have lived at 0x5")
end

-- --------------------------------------------------------------------------- misuse --

TestMisuse = {}

function TestMisuse:test_when_it_is_off_an_error_says_how_to_switch_it_on()
  local py = lab.open {}
  for _, call in ipairs { "ledger(x)", "at(x)", "at(5)" } do
    local problem = lab.fails(py, "x = list{}\n" .. call)
    lu.assertStrContains(problem, "scenario:2: RuntimeError: the ledger is off; switch it on with "
      .. "`refchain run --ledger`, or in Lua with refchain.new{ledger = true} (in ")
  end
  lab.close(py)
end

function TestMisuse:test_what_is_no_object_and_no_id_is_refused()
  local py = open()
  lu.assertStrContains(lab.fails(py, "ledger(5)"), "TypeError: x must be a heap object, not the Lua number 5; "
    .. "write ledger(int(5)) (in ledger)")
  lu.assertStrContains(lab.fails(py, "at('x')"), "TypeError: expected an id (an integer) or a heap object, got the "
    .. "Lua string \"x\" (in at)")
  lu.assertStrContains(lab.fails(py, "at(1.5)"), "got the Lua number 1.5")
  lu.assertStrContains(lab.fails(py, "at(nil)"), "got nil")
  for _, word in ipairs { "ledger", "at" } do
    lu.assertStrContains(lab.fails(py, "local other = heap.new{} " .. word .. "(other.list{})"), "another heap")
  end
  lab.close(py)
end

function TestMisuse:test_a_size_is_true_or_enough_bytes()
  for _, wrong in ipairs { 0, -1, 1000, 1.5, "4M", {} } do
    lu.assertErrorMsgContains("refchain.new: option 'ledger' must be true or a number of bytes, at least 65536",
                              refchain.new, { ledger = wrong })
  end
  local py = refchain.new { ledger = false }
  lu.assertFalse(pcall(py.ledger, py.None))
  py:close()
end

function TestMisuse:test_a_second_heap_keeps_a_ledger_as_the_first_does()
  local py = open()
  lu.assertEquals(lab.run(py, [[
local other = heap.new{}
other.x = other.list{}
return #other.ledger(other.x).changes]]), 3)
  lab.close(py)
end

-- ---------------------------------------------------------------------- random heaps --

TestRandom = {}

local OPERATIONS = {
  function(py, pick, any) py[pick()] = py.list { any(), any() } end,
  function(py, pick, any) py[pick()] = py.tuple { any() } end,
  function(py, pick, any) py[pick()] = py.dict { { py.str(pick()), any() }, { 3, any() } } end,
  function(py, pick) py[pick()] = py.set { pick(), 1000, 2.5 } end,
  function(py, pick, any) py[pick()] = py.Node { left = any(), right = any() } end,
  function(py, pick, any) py[pick()] = py.object { one = any() } end,
  function(py, pick, any) py[pick()] = any() end,
  function(py, pick) py[pick()] = nil end,
  function(py, pick) py[pick()] = py.int(1000) end,
  function(py, pick) py[pick()] = py.weakref.ref(py.set {}) end,
  function(py, _, any) local l = any "list" if l then l:append(any()) l:append(7) l:extend(py.list { any() }) end end,
  function(_, _, any) local l = any "list" if l and #l > 0 then l[0] = any() end end,
  function(_, _, any) local l = any "list" if l and #l > 0 then l:delitem(0) end end,
  function(_, _, any) local l = any "list" if l and #l > 1 then l:reverse() l:insert(1, any()) end end,
  function(py, pick, any) local l = any "list" if l then py[pick()] = l:copy() end end,
  function(py, _, any) local l = any "list" if l then py.tuple(l) for _ in py.iter(l) do end end end,
  function(_, _, any) local l = any "list" if l then l:clear() end end,
  function(py, pick, any)
    local d = any "dict"
    if d then d:set(pick(), any()) d:update(py.list { py.tuple { 9, any() } }) end
  end,
  function(_, _, any) local d = any "dict" if d and d:contains(3) then d:delitem(3) end end,
  function(py, pick, any)
    local d = any "dict"
    if d then py[pick()] = d:copy() if py.alive(d) then d:clear() end end
  end,
  function(_, pick, any) local s = any "set" if s then s:add(pick()) s:discard(1000) end end,
  function(_, pick, any) local n = any "Node" if n then n.left = any() n[pick()] = any() end end,
  function(_, _, any) local n = any "Node" if n then n.right = nil n.right = 5 end end,
  function(py, pick, any) py.frame(function() py[pick()] = any() py[pick()] = py.list { any() } return any() end) end,
  function(py, pick, any) local d = any "dict" if d then d:setdefault(pick(), any()) d:get(3) py.repr(d) end end,
  function(py) py.gc.collect() end,
}

-- Those after which the reference that a result has is nobody's for a moment.
local TAKING = {
  function(py, pick, any) local l = any "list" if l and #l > 0 then py[pick()] = l:pop() end end,
  function(py, pick, any) local d = any "dict" if d and #d > 0 then py[pick()] = d:popitem() end end,
  function(_, _, any) local s = any "set" if s and #s > 0 then s:pop() end end,
  function(py, pick, any) local d = any "dict" if d and d:contains(3) then py[pick()] = d:pop(3) end end,
}

local function random_run(py, random, count, operations)
  lab.run(py, [[
    resurrects = true
    Node = class("Node", heap.profile.finalizers == "legacy" and {} or {
      __del__ = function(self) if resurrects and math.random(4) == 1 then kept = self end end,
    })]])
  local function pick() return "v" .. random(12) end
  local function any(kind)
    for _ = 1, 20 do
      local x = py["v" .. random(12)]
      if x ~= nil and (not kind or py.typename(x) == kind) then return x end
    end
    return not kind and py.list {} or nil
  end
  for _ = 1, count do
    operations[random(#operations)](py, pick, any)
  end
  py.resurrects = false
end

-- A generator of its own: the scenario's has other uses.
local function generator(seed)
  local state = seed * 2654435761 + 12345
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
    return (state >> 33) % n + 1
  end
end

local function all_operations()
  local all = {}
  for _, operation in ipairs(OPERATIONS) do all[#all + 1] = operation end
  for _, operation in ipairs(TAKING) do all[#all + 1] = operation end
  return all
end

function TestRandom:test_the_changes_of_every_object_add_up_to_its_count()
  for _, profile in ipairs(PROFILES) do
    for seed = 1, 12 do
      local py = open { profile = profile }
      local words = refchain.inside(py).words
      local pinned = words.heap.profile.immortal_refcount ~= 0
      random_run(py, generator(seed), 250, all_operations())
      local checked = 0
      for _, x in ipairs(words.sys.getobjects(0)) do
        local facts, what = words.ledger(x), ("%s, seed %d"):format(profile, seed)
        lu.assertEquals(facts.count, words.refcnt(x), what)
        local immortal = pinned and facts.count >= 3221225472
        if facts.complete and not immortal then
          local sum = 0
          for _, change in ipairs(facts.changes) do
            sum = sum + change.change
            lu.assertEquals(change.count, sum, what .. "\n" .. tostring(facts))
          end
          lu.assertEquals(sum, words.refcnt(x), what)
          checked = checked + 1
        end
      end
      lu.assertTrue(checked > 10)
      lab.close(py)
    end
  end
end

local NOBODY = { ["the running word"] = true, temporary = true }

-- Who holds an object after all changes in a ledger: holder -> references.
local function replayed(facts)
  local held = {}
  local function add(holder, n)
    held[holder] = (held[holder] or 0) + n
    if held[holder] < 0 then error(holder .. " drops what it has not\n" .. tostring(facts), 0) end
    if held[holder] == 0 then held[holder] = nil end
  end
  for _, change in ipairs(facts.changes) do
    if change.change == 0 then          -- from the word, or the temporary, that had it
      local from = held["the running word"] and "the running word" or "temporary"
      if NOBODY[from] then add(from, -1) end
      add(change.holder, 1)
    else
      add(change.holder, change.change)
    end
  end
  return held
end

-- The same from the heap itself.
local function actual(moment)
  local titles, held = {}, {}
  for _, object in ipairs(moment.objects) do
    titles[object.birth] = ("%s #%d"):format(object.type, object.birth)
    held[object.birth] = {}
  end
  local function add(birth, holder)
    if held[birth] then held[birth][holder] = (held[birth][holder] or 0) + 1 end
  end
  for _, reference in ipairs(moment.references) do
    if reference.kind ~= "weak" then add(reference.to, titles[reference.from]) end
  end
  for _, name in ipairs(moment.names) do add(name.birth, "name " .. name.name) end
  for _, birth in ipairs(moment.temporaries) do add(birth, "temporary") end
  return held
end

function TestRandom:test_the_holders_that_it_names_are_those_that_hold()
  for _, profile in ipairs(PROFILES) do
    local checked = 0
    for seed = 1, 12 do
      local py = open { profile = profile }
      local inside = refchain.inside(py)
      local words = inside.words
      random_run(py, generator(1000 + seed), 200, OPERATIONS)
      words.gc.collect()
      local held = actual(inside.lab:moment { objects = 100000 })
      for _, x in ipairs(words.sys.getobjects(0)) do
        local facts = words.ledger(x)
        if facts.complete and held[facts.birth] then
          lu.assertEquals(replayed(facts), held[facts.birth],
                          ("%s, seed %d\n%s"):format(profile, seed, tostring(facts)))
          checked = checked + 1
        end
      end
      lab.close(py)
    end
    lu.assertTrue(checked > 50, profile)
  end
end

lab.finish()
