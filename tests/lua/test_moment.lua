-- A moment: the heap as plain tables, for pictures and for going through time.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"

TestMoment = {}

function TestMoment:setUp() self:open "3.8" end

function TestMoment:open(profile)
  if self.py then lab.close(self.py) end
  self.py = lab.open { profile = profile, output = {} }
end

function TestMoment:tearDown()
  lab.close(self.py)
  self.py = nil
end

function TestMoment:run(code) return lab.run(self.py, code) end

function TestMoment:moment(most)
  return refchain.inside(self.py).lab:moment(most and { objects = most } or nil)
end

local function by_birth(moment)
  local objects = {}
  for _, object in ipairs(moment.objects) do objects[object.birth] = object end
  return objects
end

-- "1[0]2" for each reference between objects made by the scenario.
local function arrows(moment)
  local found = {}
  for _, reference in ipairs(moment.references) do
    if reference.to > 0 then found[#found + 1] = reference.from .. reference.label .. reference.to end
  end
  return table.concat(found, " ")
end

local function summed(moment)
  local found = {}
  for _, sum in ipairs(moment.hidden) do
    found[#found + 1] = string.format("%s%s:%s%s", sum.from and sum.from .. " " or "", sum.type, sum.count,
                                      sum.garbage and " garbage" or "")
  end
  return table.concat(found, ", ")
end

function TestMoment:test_what_is_asked_for_comes_first()
  self:run "all = list{} for i = 1, 50 do all:append(list{}) end x = list{list{}}"
  local objects = by_birth(refchain.inside(self.py).lab:moment { objects = 3, first = { self.py.x } })
  lu.assertNotNil(objects[53])
  lu.assertNotNil(objects[52])
  lu.assertNotNil(objects[1])
  local dead = self:run "local x = list{} drop(x) return x"
  lu.assertNotNil(by_birth(refchain.inside(self.py).lab:moment { objects = 1, first = { dead } })[1])
end

function TestMoment:test_many_names_leave_room_for_garbage_and_temporaries()
  self:run [[
    for i = 1, 200 do _ENV["n" .. i] = list{} end
    for i = 1, 100 do a = list{} a:append(a) del "a" end
    for i = 1, 50 do list{} end
  ]]
  local counts = { name = 0, temporary = 0, garbage = 0 }
  for _, object in ipairs(self:moment(80).objects) do counts[object.reach] = counts[object.reach] + 1 end
  lu.assertEquals(counts, { name = 50, temporary = 10, garbage = 20 })
end

function TestMoment:test_the_refchain_has_the_types_of_those_not_shown()
  self:run "a = list{} b = tuple{a} c = dict{}"
  local moment = self:moment(1)
  lu.assertEquals(moment.refchain, { 3 })
  lu.assertEquals(self:moment().refchain_types, { "dict", "tuple", "list" })
end

function TestMoment:test_names_objects_and_references_between_them()
  self:run "v1 = list{} v2 = list{v1} v1:append(v2)"
  local moment = self:moment()
  lu.assertEquals(moment.names, { { name = "v1", birth = 1, frame = 0 }, { name = "v2", birth = 2, frame = 0 } })
  lu.assertEquals(arrows(moment), "1[0]2 2[0]1")
  lu.assertEquals(moment.live, 2)
  lu.assertEquals(moment.births, 2)
  lu.assertEquals(moment.refchain, { 2, 1 })
  lu.assertEquals(moment.temporaries, {})
  local first = moment.objects[1]
  lu.assertEquals(first.id, self:run "return id(v1)")
  first.id = nil
  lu.assertEquals(first, {
    birth = 1, type = "list", text = "[[[...]]]", refcount = 2, generation = 0, origin = "fresh block",
    size = self:run "return sys.getsizeof(v1)", items = 1, reach = "name",
  })
end

function TestMoment:test_every_kind_of_reference_has_its_label()
  self:run [[
    C = class("C")
    x = list{}
    f = frozenset{2.5}
    d = dict{{1.5, x}}
    o = C{next = x}
    w = weakref.ref(f)
  ]]
  local kinds = {}
  for _, reference in ipairs(self:moment().references) do
    kinds[reference.kind] = reference.label
  end
  lu.assertEquals(kinds, { key = "key", value = "['next']", attributes = ".__dict__", element = "element",
                           weak = "weak" })
  self:open "3.13"
  self:run 'o = class("C"){next = list{}}'
  local reference = self:moment().references[1]
  lu.assertEquals({ reference.kind, reference.label }, { "attribute", ".next" })
end

function TestMoment:test_what_reaches_an_object()
  self:run [[
    kept = list{list{}}
    g = list{} g:append(g) g:append(list{}) g = nil
    local word = sys.intern(str "interned")
  ]]
  local reached = {}
  for _, object in ipairs(self:moment().objects) do
    if object.type == "list" then reached[object.birth] = object.reach end
  end
  lu.assertEquals(reached, { [1] = "name", [2] = "name", [3] = "garbage", [4] = "garbage" })
  local held = self:run "local held = list{1.5} return held"
  local moment = self:moment()
  local last = moment.temporaries[#moment.temporaries]
  lu.assertEquals(last, self.py.birth(held))
  lu.assertEquals(by_birth(moment)[last].reach, "temporary")
  self:run "gc.set_debug(gc.DEBUG_SAVEALL) gc.collect() gc.set_debug(0)"
  lu.assertEquals(by_birth(self:moment())[4].reach, "other")
end

function TestMoment:test_the_names_of_frames_innermost_last_also_in_a_callback()
  local py = self.py
  py.look = nil
  local seen
  lab.run(py, [[
    local look = ...
    C = class("C", {__del__ = function(self) late = list{} look() end})
    x = list{}
    frame(function()
      a = list{}
      frame(function()
        b = list{}
        c = C{}
        c = nil
      end)
    end)
  ]], function() seen = self:moment() end)
  local names = {}
  for _, name in ipairs(seen.names) do names[#names + 1] = name.name .. name.frame end
  lu.assertEquals(names, { "x0", "late0", "a1", "b2" })
  local reach = {}
  for _, object in ipairs(seen.objects) do
    if object.type == "list" then reach[#reach + 1] = object.reach end
  end
  lu.assertEquals(reach, { "name", "name", "name", "name" })
end

function TestMoment:test_no_more_objects_than_asked_for_the_rest_is_summed_up()
  self:run [[
    long = list{} for i = 1, 40 do long:append(i + 0.5) end
    short = list{list{}}
    g = list{} g:append(g) g = nil
  ]]
  local moment = self:moment(10)
  lu.assertEquals(#moment.objects, 10)
  lu.assertEquals(summed(moment), "1 float:33, 43 list:1")   -- the garbage has its share
  lu.assertEquals(moment.live, 44)
  moment = self:moment(20)                      -- no container takes all there is
  lu.assertEquals(summed(moment), "1 float:24")
  lu.assertEquals(#moment.objects, 20)
  moment = self:moment(0)
  lu.assertEquals(#moment.objects, 0)
  lu.assertEquals(summed(moment), "list:3, float:40, list:1 garbage")
  lu.assertEquals(summed(self:moment()), "")
end

function TestMoment:test_texts_are_cut_at_characters()
  self:run 's = str(("ä"):rep(100)) t = list{s} u = dict{[("ö"):rep(60)] = 1}'
  local objects = by_birth(self:moment())
  lu.assertEquals(objects[1].text, "'" .. ("ä"):rep(59) .. "…")
  lu.assertEquals(objects[2].text, "['" .. ("ä"):rep(58) .. "…")
  local value
  for _, reference in ipairs(self:moment().references) do
    if reference.kind == "value" then value = reference.label end
  end
  lu.assertEquals(value, "['" .. ("ö"):rep(23) .. "…]")
end

-- All figures that a scenario can see, after a moment or without one.
local FIGURES = [[
  local words = {}
  for i, x in ipairs(gc.get_objects()) do words[i] = birth(x) .. ":" .. refcnt(x) .. ":" .. id(x) end
  for name, cache in pairs(heap.caches()) do
    for key, value in pairs(cache) do words[#words + 1] = name .. key .. value end
  end
  for key, value in pairs(heap.memory()) do words[#words + 1] = key .. value end
  words[#words + 1] = table.concat({gc.get_count()}, ",")
  return table.concat(words, "\n")
]]

function TestMoment:test_taking_it_changes_nothing()
  local BUILD = [[
    C = class("C")
    local kept = {}
    for i = 1, 300 do
      x = list{i, list{}, 2.5}
      kept[i] = tuple{x}
      if i % 3 == 0 then o = C{x = x, o = o} d = dict{{"x", x}, {i, weakref.ref(o)}} end
      x:append(x)
    end
    x = nil
  ]]
  for _, profile in ipairs { "2.7", "3.8", "3.12", "3.13" } do
    local figures = {}
    for round = 1, 2 do
      self:open(profile)
      local inside = refchain.inside(self.py).lab
      self:run(BUILD)
      if round == 2 then
        for most = 0, 400, 50 do inside:moment { objects = most } end
      end
      figures[round] = self:run(FIGURES)
    end
    lu.assertEquals(figures[2], figures[1])
  end
end

function TestMoment:test_a_moment_is_the_same_each_time()
  self:run "x = list{1, list{}, dict{a = 2}} x:append(x) y = list{} y:append(y) y = nil"
  lu.assertEquals(self:moment(), self:moment())
end

function TestMoment:test_a_number_of_objects_is_asked_for()
  local inside = refchain.inside(self.py).lab
  lu.assertErrorMsgContains("number", inside.moment, inside, { objects = "many" })
  lu.assertErrorMsgContains("a number of objects is expected", inside.moment, inside, { objects = -1 })
end

lab.finish()
