-- The Lua that a scenario sees: safe, and the same on every run.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"

TestEnvironment = {}

function TestEnvironment:setUp()
  self.output, self.diagnostics = {}, {}
  self.py = lab.open { output = self.output, write = self.diagnostics }
end

function TestEnvironment:tearDown() lab.close(self.py) end

function TestEnvironment:run(code, ...) return lab.run(self.py, code, ...) end

function TestEnvironment:refuses(code, message)
  local got = lab.fails(self.py, code)
  lu.assertStrContains(got, message)
  lu.assertStrContains(got, "scenario:1: ")
end

-- ------------------------------------------------------------------------- safety --

function TestEnvironment:test_what_could_reach_the_machine_is_not_there()
  for _, name in ipairs { "io", "require", "package", "collectgarbage", "dofile", "loadfile", "string.dump",
                          "os.exit", "os.getenv", "os.execute", "debug.getinfo", "debug.sethook" } do
    lu.assertNil(self:run("return " .. name), name)
  end
end

function TestEnvironment:test_a_traceback_is_a_string()
  lu.assertStrContains(self:run "return debug.traceback('why')", "why\nstack traceback:")
end

function TestEnvironment:test_trusted_gives_the_rest_back()
  local py = lab.open { trusted = true }
  for _, name in ipairs { "io", "os.getenv", "require", "package", "debug.getinfo", "collectgarbage",
                          "string.dump" } do
    lu.assertNotNil(lab.run(py, "return " .. name), name)
  end
  lu.assertNotNil(py.dofile)
  lu.assertNotNil(py.loadfile)
  lab.close(py)
end

function TestEnvironment:test_in_a_state_of_its_own_methods_of_strings_are_safe_and_the_heap_stays_open()
  local metatable = debug.getmetatable ""
  local before = metatable.__index
  local py = refchain.new { own_state = true }
  local dump, format = ("x").dump, ("x").format
  metatable.__index = before
  lu.assertNil(dump)
  lu.assertEquals(format, py.string.format)
  lu.assertNil(py.close)
  lu.assertNil(py.env)
  refchain.inside(py).lab:close()
end

function TestEnvironment:test_load_takes_text_only()
  local chunk, message = self:run "return load('\\27Lua')"
  lu.assertNil(chunk)
  lu.assertStrContains(message, "binary chunk")
  chunk, message = self:run "return load('return 1', 'x', 'b')"
  lu.assertNil(chunk)
  lu.assertStrContains(message, "only text is allowed")
end

function TestEnvironment:test_code_that_names_its_environment_is_in_the_same_as_code_that_does_not()
  self:run [[
    load("x = list{} function of_one() return x end")()
    load("y = _ENV.x _ENV.z = x _ENV.of_other = function() return z end")()
  ]]
  lu.assertEquals(self:run "return refcnt(x)", 3)
  lu.assertTrue(self:run "return load('return _ENV')() == _G and load('return type(_ENV)')() == 'table'")
  lu.assertTrue(self:run "return load('return of_other()')() == load('return _ENV.of_one()')()")
  lu.assertEquals(self:run "return load('x, y = nil, nil return refcnt(z)')()", 1)
  lu.assertEquals(self:run "local found = '' for name in pairs(_G) do found = found .. name .. ' ' end return found",
                  "of_one of_other z ")
  lu.assertStrContains(lab.fails(self.py, "load('missing.field = 1', '=scenario')()"), "(global 'missing')")
end

function TestEnvironment:test_loaded_code_sees_the_names()
  self:run "x = 5"
  lu.assertEquals(self:run "return load('return x')()", 5)
  lu.assertEquals(self:run "return load('return x', nil, nil, {x = 6})()", 6)
  lu.assertEquals(self:run [[
    local pieces = {"return ", "x", nil}
    local i = 0
    return load(function() i = i + 1 return pieces[i] end)()]], 5)
end

function TestEnvironment:test_an_error_in_a_reader_is_returned()
  local chunk, message = self:run "return load(function() error('no more', 0) end)"
  lu.assertNil(chunk)
  lu.assertEquals(message, "no more")
end

-- --------------------------------------------------------------------- metatables --

function TestEnvironment:test_a_metatable_cannot_have_gc_or_mode()
  self:refuses("setmetatable({}, {__gc = function() end})", "cannot have __gc")
  self:refuses("setmetatable({}, {__mode = 'k'})", "cannot have __mode")
end

function TestEnvironment:test_a_metatable_in_use_cannot_get_gc_or_mode()
  self:refuses("local m = {} setmetatable({}, m) m.__mode = 'k'", "cannot have __mode")
  self:refuses("local m = {} setmetatable({}, m) rawset(m, '__gc', 1)", "cannot have __gc")
  lu.assertEquals(self:run "local m = {} local t = setmetatable({}, m) m.__index = {q = 7} return t.q", 7)
end

function TestEnvironment:test_the_guard_of_a_metatable_does_not_show()
  lu.assertNil(self:run "local m = {} setmetatable({}, m) return getmetatable(m)")
  lu.assertTrue(self:run "local m = {} return getmetatable(setmetatable({}, m)) == m")
end

function TestEnvironment:test_no_detour_leads_to_a_weak_table()
  local detours = {
    "local m = setmetatable({}, {}) setmetatable({}, m) m.__mode = 'k'",
    "local m = setmetatable({}, {}) setmetatable({}, m) rawset(m, '__mode', 'k')",
    "local m = {} setmetatable({}, m) setmetatable(m, {}) m.__mode = 'k'",
    "local m = {} setmetatable({}, m) setmetatable(m, {}) setmetatable(m, nil) m.__mode = 'k'",
    "local mm = {__metatable = 1} local m = setmetatable({}, mm) setmetatable({}, m) m.__mode = 'k'",
    "local mm = {__newindex = rawset} local m = setmetatable({}, mm) setmetatable({}, m) m.__mode = 'k'",
    "local mm = {} local m = setmetatable({}, mm) setmetatable({}, m) mm.__newindex = nil m.__mode = 'k'",
    "local m = {} setmetatable(m, m) m.__mode = 'k'",
    "local m = {} setmetatable(m, {__newindex = m}) setmetatable({}, m) m.__mode = 'k'",
    "local m = getmetatable(setmetatable({}, setmetatable({}, {}))) m.__mode = 'k'",
    "local m = getmetatable('') setmetatable({}, m) m.__mode = 'k'",
  }
  for _, code in ipairs(detours) do self:refuses(code, "cannot have __mode") end
end

function TestEnvironment:test_classes_of_lua_inherit_through_metatables()
  lu.assertEquals(self:run [[
    local Base = {} Base.__index = Base
    function Base.name() return "base" end
    local call = {__index = Base, __call = function(class, x) return setmetatable({x = x}, class) end}
    local Derived = setmetatable({}, call) Derived.__index = Derived
    local first = Derived(1)
    function Derived.later() return "later" end
    function Base.kind() return "kind" end
    call.__newindex = function(t, k, v) rawset(t, k, v .. "!") end
    local second = Derived(2)
    Derived.text = "text"
    assert(getmetatable(Derived) == call and getmetatable(first) == Derived)
    return {first.name(), first.later(), second.kind(), second.x, Derived.text}]],
    { "base", "later", "kind", 2, "text!" })
end

function TestEnvironment:test_the_environment_may_be_a_metatable()
  lu.assertEquals(self:run "setmetatable({}, _G) x = 5 __mode = 'k' return _G.x", 5)
end

function TestEnvironment:test_what_needs_raises_cannot_be_changed()
  lu.assertFalse(self:run "local _, e = pcall(needs, 'gc.is_finalized') return getmetatable(e)")
end

function TestEnvironment:test_metatables_of_heap_objects_are_hidden()
  lu.assertFalse(self:run "return getmetatable(list{})")
end

-- -------------------------------------------------------------------------- order --

local MIXED = [[
  local t = {z = 1, a = 2, [3] = 3, [1] = 4, [2.5] = 5, [true] = 6, [false] = 7}
  local first, second = list{}, list{}
  t[second], t[first] = 9, 8
]]

function TestEnvironment:test_pairs_goes_in_order_of_key()
  local seen = self:run(MIXED .. "local seen = {} for _, v in pairs(t) do seen[#seen + 1] = v end return seen")
  lu.assertEquals(seen, { 4, 5, 3, 2, 1, 7, 6, 8, 9 })
end

function TestEnvironment:test_next_goes_in_the_same_order()
  local seen = self:run(MIXED .. [[
    local seen = {}
    local k, v = next(t)
    while k ~= nil do seen[#seen + 1] = v k, v = next(t, k) end
    return seen]])
  lu.assertEquals(seen, { 4, 5, 3, 2, 1, 7, 6, 8, 9 })
  lu.assertEquals({ self:run "return next({a = 1, b = 2, c = 3}, 'b')" }, { "c", 3 })
  lu.assertNil(self:run "return next({})")
end

function TestEnvironment:test_fields_may_be_cleared_and_assigned_while_walking()
  local seen, left = self:run [[
    local t, seen = {a = 1, b = 2, c = 3, d = 4}, {}
    for k in pairs(t) do
      seen[#seen + 1] = k
      t[k] = nil
      t.c = nil
      if t.d then t.d = 5 end
    end
    return seen, next(t)]]
  lu.assertEquals(seen, { "a", "b", "d" })
  lu.assertNil(left)
end

function TestEnvironment:test_pairs_uses_the_metamethod()
  lu.assertEquals(self:run [[
    local t = setmetatable({}, {__pairs = function() return function(_, k) return not k and 1 or nil end end})
    for k in pairs(t) do return k end]], 1)
end

function TestEnvironment:test_pairs_and_next_refuse_what_is_no_table()
  self:refuses("pairs(nil)", "bad argument #1 to 'pairs' (table expected, got nil)")
  self:refuses("next(5)", "bad argument #1 to 'next' (table expected, got number)")
  self:refuses("pairs(list{})", "walk a heap object with iter(x)")
end

function TestEnvironment:test_a_walk_does_not_keep_a_heap_object()
  self:run [[
    local t = {[list{}] = 1, [list{}] = 2}
    local walked
    for k in pairs(t) do walked = k break end
    local second = next(t, walked)
    t[walked] = nil
    walked = nil
    expect_live("list", 1)
    expect_alive(second)]]
end

function TestEnvironment:test_keys_without_an_order_are_refused()
  local message = "these keys have no order that is the same on every run"
  self:refuses("pairs{[{}] = 1, [{}] = 2}", message)
  self:refuses("next{[{}] = 1, [print] = 2}", message)
  self:refuses("pairs{[class 'A'] = 1, [class 'B'] = 2}", message)
  self:refuses("pairs{[coroutine.create(print)] = 1, [print] = 2, x = 3}", message)
  self:refuses("v1 = list{} v2 = list{v1} pairs{[v1] = 1, [v2[0]] = 2}", "two of them are handles of one object")
  self:run "for k, v in pairs{[print] = 1, x = 2} do assert(v) end assert(next{[{}] = 1})"
end

function TestEnvironment:test_keys_with_a_number_are_in_its_order()
  lu.assertEquals(self:run [[
    local a, b, c = {}, function() end, {}
    tostring(b) tostring(a)
    local seen = {}
    for _, v in pairs{[a] = "a", [c] = "c", [b] = "b"} do seen[#seen + 1] = v end
    seen[4] = tostring(c)
    return seen]], { "b", "a", "c", "table #3" })
end

function TestEnvironment:test_handles_of_two_heaps_are_in_order_of_the_heaps()
  lu.assertEquals(self:run [[
    local third = heap.new{}
    local second = heap.new{}
    local t = {[second.list{}] = 3, [third.list{}] = 2, [list{}] = 1, [third.list{}] = 2.5}
    local seen = {}
    for _, v in pairs(t) do seen[#seen + 1] = v end
    return seen]], { 1, 2, 2.5, 3 })
end

function TestEnvironment:test_sorting_a_long_list_is_stable()
  self:run [[
    local t = {}
    for i = 1, 1000 do t[i] = {i % 7, i} end
    table.sort(t, function(a, b) return a[1] < b[1] end)
    for i = 2, 1000 do
      assert(t[i - 1][1] < t[i][1] or t[i - 1][1] == t[i][1] and t[i - 1][2] < t[i][2])
    end]]
  self:refuses("table.sort{1, 'a'}", "attempt to compare")
  self:refuses("table.sort(5)", "table expected")
end

-- -------------------------------------------------------------------------- text --

function TestEnvironment:test_tables_and_functions_have_numbers_for_addresses()
  lu.assertEquals(self:run [[
    local t, f = {}, function() end
    return {tostring(t), tostring(f), tostring(t), tostring(print), tostring(coroutine.create(f))}]],
    { "table #1", "function #2", "table #1", "function #3", "thread #4" })
end

function TestEnvironment:test_a_number_is_never_given_twice()
  lu.assertEquals(self:run "tostring({}) return tostring({})", "table #2")
  collectgarbage()
  lu.assertEquals(self:run "return tostring({})", "table #3")
end

function TestEnvironment:test_tostring_uses_the_metamethods()
  lu.assertEquals(self:run "return tostring(setmetatable({}, {__tostring = function() return 'T' end}))", "T")
  lu.assertEquals(self:run "return tostring(setmetatable({}, {__name = 'Point'}))", "Point #1")
  self:refuses("tostring(setmetatable({}, {__tostring = function() return 1 end}))", "must return a string")
  self:refuses("tostring()", "value expected")
end

function TestEnvironment:test_print_goes_to_the_output()
  self:run "print({}, 'x', 1.5, nil)"
  lu.assertEquals(self.output, { "table #1\tx\t1.5\tnil\n" })
end

function TestEnvironment:test_a_str_is_printed_without_quotes()
  self:run "print(str 'a', list{'a'}, int(5), None)"
  lu.assertEquals(self.output, { "a\t['a']\t5\tNone\n" })
  lu.assertEquals(self:run "return tostring(str 'a') .. string.format('|%s|', str 'b')", "a|b|")
  lu.assertEquals(self:run "local other = heap.new{} return tostring(other.str 'a')", "a")
  lu.assertStrContains(self:run "local x = str(string.rep('a', 9)) drop(x) return tostring(x)", "dead")
  lu.assertNotNil(self:run "return tostring(class 'str'{})")
end

function TestEnvironment:test_events_do_not_tell_the_time()
  local code = "local t heap.on('collection_finished', function(e) t = e end) gc.collect() return t"
  local event = self:run(code)
  lu.assertEquals(event.collected, 0)
  lu.assertNil(event.nanoseconds)
  local py = lab.open { trusted = true }
  lu.assertNotNil(lab.run(py, code).nanoseconds)
  lab.close(py)
end

-- Its handler was given the dead weak reference as if it were alive.
function TestEnvironment:test_a_weak_reference_that_dies_is_told_of_as_dead()
  self:run [[
    local told = {}
    heap.on("weakref_cleared", function(e) told[#told + 1] = { e.type, e.object == nil } end)
    x = set{1}
    w = weakref.ref(x)
    w = nil
    y = weakref.ref(x)
    x = nil
    expect_eq(told, {{"weakref", true}, {"weakref", false}})]]
end

-- Its handler was given an instance that waited there, with count 0: it died twice.
function TestEnvironment:test_what_waits_in_the_trashcan_is_told_of_as_dead()
  local py = lab.open { profile = "3.7" }
  lab.run(py, [[
    local alive, dead = 0, 0
    heap.on("untracked", function(e) if e.object then alive = alive + 1 else dead = dead + 1 end end)
    local M = class "M"
    nest = None
    for _ = 1, 40 do
      x = M()
      x.inner = nest
      nest = x
    end
    del "x"
    dead = 0
    del "nest"
    expect_eq({ alive, dead }, { 0, 51 })       -- 25 instances died with their dicts, one waits
    expect(heap.check())
    nest = list{}]])
  lab.close(py)
end

-- The next handler was given whatever had come to its place.
function TestEnvironment:test_what_dies_while_nothing_is_handled_is_told_of_as_dead()
  self:run [[
    local told = {}
    x, y = set{}, set{}
    local second = birth(y)
    local stop
    stop = heap.on("generation_changed", function()
      stop()
      del "y"
      z = set{}
      heap.on("generation_changed", function(e) told[#told + 1] = e.object == nil and e.birth end)
    end)
    gc.freeze()
    expect_eq(told, { second })]]
end

function TestEnvironment:test_format_shows_no_addresses()
  lu.assertEquals(self:run "return string.format('%5.1f|%s|%d%%|%-4s|%q', 2.25, {}, 3, 'ab', 'q')",
                  "  2.2|table #1|3%|ab  |\"q\"")
  self:refuses("string.format('%p', {})", "would show an address")
  self:refuses("string.format('%d', 'x')", "number expected")
end

function TestEnvironment:test_warnings_go_to_the_diagnostics()
  self:run "warn('quiet') warn('@on') warn('two ', 'parts') warn('@off') warn('quiet')"
  lu.assertEquals(self.diagnostics, { "Lua warning: two parts\n" })
  self:refuses("warn(5)", "string expected")
end

-- ------------------------------------------------------------------------- random --

function TestEnvironment:test_random_numbers_are_those_of_lua()
  local py = lab.open { seed = 12345 }
  math.randomseed(12345)
  for i = 1, 200 do
    lu.assertEquals(py.math.random(), math.random())
    lu.assertEquals(py.math.random(i), math.random(i))
    lu.assertEquals(py.math.random(-i, 3 * i), math.random(-i, 3 * i))
    lu.assertEquals(py.math.random(0), math.random(0))
  end
  lab.close(py)
end

function TestEnvironment:test_randomseed_without_arguments_starts_again()
  local first = self:run "return math.random(1000000)"
  lu.assertNotEquals(self:run "return math.random(1000000)", first)
  lu.assertEquals(self:run "math.randomseed() return math.random(1000000)", first)
end

function TestEnvironment:test_random_checks_its_arguments()
  self:refuses("math.random(2, 1)", "interval is empty")
  self:refuses("math.random(1.5)", "integer expected")
  self:refuses("math.random(1, 2, 3)", "none, one or two")
end

-- ------------------------------------------------------------------- the environment --

function TestEnvironment:test_G_is_the_environment()
  self:run [[
    x = list{}
    assert(_G == _ENV and _G._G == _G and _G.x == x)
    assert(rawget(_G, "x") == x and rawget(_G, "list") == list)
    rawset(_G, "y", x)
    expect_refcnt(y, 2)
    _G.y = nil
    expect_refcnt(x, 1)]]
end

function TestEnvironment:test_pairs_of_G_gives_the_names()
  lu.assertEquals(self:run [[
    b, a = list{}, 1
    local names = {}
    for name in pairs(_G) do names[#names + 1] = name end
    return names]], { "a", "b" })
  lu.assertEquals(self:run "return next(_G)", "a")
end

function TestEnvironment:test_a_module_uses_it_from_outside()
  local py = self.py
  py.v1 = py.list { 1 }
  lu.assertEquals(py.refcnt(py.v1), 1)
  local _ENV = py:env()
  v2 = v1                                 -- luacheck: ignore
  lu.assertEquals(refcnt(v1), 2)          -- luacheck: ignore
end

function TestEnvironment:test_options_are_checked()
  lu.assertErrorMsgContains("did you mean 'profile'?", refchain.new, { profil = "3.8" })
  lu.assertErrorMsgContains("option 'seed' must be of type integer", refchain.new, { seed = "x" })
  lu.assertErrorMsgContains("refchain.new: ", refchain.new, { profile = "9.9" })
  lu.assertErrorMsgContains("table of options", refchain.new, 5)
end

function TestEnvironment:test_a_second_heap_stands_beside_the_first()
  self:run [[
    local other = heap.new{profile = "3.7", float_free = 0}
    other.v1 = other.list{1, 2}
    assert(other.heap.profile.name == "3.7 with float_free = 0" and #other.v1 == 2)
    assert(v1 == nil)
    local kept = other.v1
    expect_error("another heap", function() list{}:append(kept) end)
    other:close()]]
  self:refuses("heap.new{float_fre = 0}", "float_free")
  self:refuses("heap.new{profile = '3.14.2'}", "no profile is called '3.14.2': 3.14.0 to 3.14.4 had")
  self:refuses("heap.new{profile = '3.8.18'}", "no profile is called '3.8.18'; did you mean '3.8'?")
  self:refuses("heap.new{list_head_size = 8}", "list_head_size: ")
end

function TestEnvironment:test_of_several_wrong_options_the_least_is_told()
  self:refuses("heap.new{float_fre = 0, list_fre = 0, foo = 2, zoo = 1}", "'float_fre'")
  self:refuses("heap.new{zoo = 1, foo = 2, tuple_fre = 0}", "'foo'")
  self:refuses("heap.new{[{}] = 1, foo = 2}", "settings are given by name")
  lu.assertErrorMsgContains("no option 'aa'", refchain.new, { zz = 1, aa = 1, mm = 2 })
  lu.assertErrorMsgContains("'aa'", refchain.new, { settings = { zz = 1, aa = 1, mm = 2 } })
  lu.assertErrorMsgContains("options have names", refchain.new, { "3.8", zz = 1 })
end

function TestEnvironment:test_a_heap_without_memory_is_a_memory_error()
  self:refuses("heap.new{memory_limit = 100}", "MemoryError: ")
  self:refuses("heap.new{memory_limit = 'x'}", "ValueError: ")
  self:refuses("heap.new{profile = '9.9'}", "ValueError: ")
end

-- -------------------------------------------------------------------------- hints --

function TestEnvironment:hint(code)
  return refchain.hint(self.py, lab.fails(self.py, code))
end

function TestEnvironment:test_a_misspelt_name_gets_a_hint()
  self:run "counter = 1"
  lu.assertStrContains(self:hint "lst{1}", "(global 'lst'); did you mean 'list'?")
  lu.assertStrContains(self:hint "lsit{1}", "; did you mean 'list'?")
  lu.assertStrContains(self:hint "pritn(1)", "; did you mean 'print'?")
  lu.assertStrContains(self:hint "return conter + 1", "; did you mean 'counter'?")
  lu.assertStrContains(self:hint "gc.colect()", "did you mean 'collect'?")
  lu.assertStrContains(self:hint "heap.chek()", "(field 'chek'); did you mean 'check'?")
  lu.assertStrContains(self:hint "string.formt('x')", "; did you mean 'format'?")
  lu.assertStrContains(self:hint "list{}:appendd(3)", "; did you mean 'append'?")
  lu.assertStrContains(self:hint "local s = 'x' s:uper()", "(method 'uper'); did you mean 'upper'?")
end

function TestEnvironment:test_a_hint_leaves_the_rest_alone()
  lu.assertEquals(refchain.hint(self.py, "a (global 'lst')\nstack"), "a (global 'lst'); did you mean 'list'?\nstack")
  for _, message in ipairs { "a (global 'qqqq')", "a (local 'lst')", "a; did you mean 'b'? (global 'lst')", "lst" } do
    lu.assertEquals(refchain.hint(self.py, message), message)
  end
  lu.assertEquals(refchain.hint({}, "a (global 'lst')"), "a (global 'lst')")
end

lab.finish()
