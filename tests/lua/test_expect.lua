-- Expectations: what they accept, and what they say when they fail.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"

TestExpect = {}

function TestExpect:setUp()
  self.told, self.output = {}, {}
  self.py = lab.open { story = self.told, output = self.output }
end

function TestExpect:tearDown() lab.close(self.py) end

function TestExpect:run(code) return lab.run(self.py, code) end

function TestExpect:fails(code, ...)
  local message = lab.fails(self.py, code)
  for _, text in ipairs { ... } do lu.assertStrContains(message, text) end
  return message
end

-- ------------------------------------------------------------------------ failures --

function TestExpect:test_a_failure_says_where_what_and_who()
  local message = self:fails "v1 = list{11}\nv2 = list{v1}\nexpect_refcnt(v1, 1)"
  lu.assertStrMatches(message, "scenario:3: AssertionError: expected 1 reference to list #%d+, found 2 "
                      .. "%(in expect_refcnt%)\n  list #%d+ is %[11%]\n  held by .+")
  lu.assertStrContains(message, "name v1")
  lu.assertStrContains(message, "list #2 [0]")
end

function TestExpect:test_an_expectation_in_a_function_is_placed_there()
  self:fails("local function f()\n  expect(false)\nend\nf()", "scenario:2: AssertionError: ")
end

function TestExpect:test_expect()
  self:run "expect(1) expect(True) expect(list{1}, 'text')"
  self:fails("expect(false, 'the sky is blue')", "expected: the sky is blue (in expect)")
  self:fails("expect(nil)", "expected a true value, found nil")
  self:fails("expect(list{})", "expected a true value, found []")
end

function TestExpect:test_equal_heap_objects_are_equal_as_in_python()
  self:run "expect_eq(list{1, 2}, list{1.0, 2}) expect_eq(True, 1) expect_eq(1, int(1)) expect_eq('a', str 'a')"
  self:fails("expect_eq(list{1}, list{2})", "expected [2], found [1] (in expect_eq)")
  self:fails("expect_eq(int(5), 6)", "expected 6, found 5 (in expect_eq)")
  self:fails("expect_eq(None, nil)", "expected nil, found None; nil is no Python object: write None")
  self:fails("expect_eq(nil, None)", "expected None, found nil; nil is no Python object: write None")
end

function TestExpect:test_lua_tables_are_compared_deeply()
  self:run [[
    expect_eq({1, {x = "a"}}, {1, {x = "a"}})
    expect_eq({list{1}}, {list{1}})
    local a, b = {}, {}
    a.a, b.a = a, b
    expect_eq(a, b)
    v1 = list{}
    expect_eq({[v1] = 1}, {[v1] = 1})]]
  self:fails("expect_eq({1, {x = 2}}, {1, {x = 3}})", "at [2].x: expected 3, found 2")
  self:fails("expect_eq({1}, {1, 2})", "at [2]: expected 2, found nil")
  self:fails("expect_eq({1, 2}, {1})", "at [2]: expected nil, found 2")
end

function TestExpect:test_keys_without_an_order_are_compared_too()
  self:run "expect_eq({[print] = 1, [list] = 2}, {[print] = 1, [list] = 2})"
  self:fails("expect_eq({x = {[print] = 1, [list] = 2}}, {x = {[print] = 1, [list] = 3}})",
             "at .x: expected {… keys without an order}, found {… keys without an order}")
end

function TestExpect:test_deep_tables_are_compared()
  local deep = "local function deep(n) local t = {} for i = 1, n do t = {t} end return t end "
  self:run(deep .. "expect_eq(deep(5000), deep(5000))")
  self:fails(deep .. "expect_eq(deep(50000), deep(50000))", "scenario:1: RecursionError: the tables are nested",
             "(in expect_eq)")
end

function TestExpect:test_keys_are_objects_of_one_heap()
  self:fails("local other = heap.new{} local k, l = list{}, other.list{} expect_eq({[k] = 1}, {[l] = 1})",
             "expected nil, found 1")
end

function TestExpect:test_errors_name_what_was_written()
  local dead = "local x = list{} drop(x) "
  for _, call in ipairs { "expect_eq(x, 1)", "expect_refcnt(x, 1)", "expect_same(x, list{})", "expect(x)" } do
    self:fails(dead .. call, "dead object: list #", "(in " .. call:match "^[%w_]+" .. ")")
  end
  self:fails("expect_live('nosuch', 1)", "(in expect_live)")
  local foreign = "local other = heap.new{} local x = other.list{} "
  self:fails(foreign .. "expect_eq(x, 1)", "TypeError: the object belongs to another heap (in expect_eq)")
  self:fails(foreign .. "expect_refcnt(x, 1)", "another heap (in expect_refcnt)")
  self:fails(foreign .. "show(x)", "another heap (in show)")
  self:fails(foreign .. "assertEquals(x, 1)", "another heap (in assertEquals)")
end

function TestExpect:test_a_failure_in_a_callback_says_what_it_is()
  local written = {}
  local py = lab.open { write = written }
  lab.run(py, "v1 = class('A', {__del__ = function() expect(false) end}){} v1 = nil")
  lab.run(py, "v1 = class('A', {__del__ = function() assertTrue(false) end}){} v1 = nil")
  for _, text in ipairs(written) do lu.assertStrContains(text, "\nscenario:1: AssertionError: expected") end
  lu.assertEquals(#written, 2)
  pcall(lab.close, py)
end

function TestExpect:test_a_heap_object_never_equals_a_lua_table()
  self:fails("expect_eq(list{1}, {1})", "a heap object never equals a Lua table")
end

function TestExpect:test_same_and_distinct()
  self:run "v1 = list{} v2 = v1 expect_same(v1, v2) expect_distinct(v1, list{})"
  self:fails("expect_same(list{}, list{})", "expected one object, found list #", "(id 0x")
  self:fails("v1 = list{} expect_distinct(v1, v1)", "expected two objects, found list #", "held by name v1")
end

function TestExpect:test_alive_and_dead()
  self:run "v1 = list{} local x = v1 expect_alive(x) v1 = nil expect_dead(x)"
  self:fails("v1 = list{} expect_dead(v1)", "to be dead, found it alive", "held by name v1")
  self:fails("v1 = list{} local x = v1 del 'v1'\nexpect_alive(x)", "scenario:2: ", "expected list #", "to be alive; it "
             .. "was destroyed by del \"v1\" at scenario:1")
end

function TestExpect:test_collect_counts_what_was_unreachable()
  self:run "v1 = list{} v1:append(v1) v1 = nil expect_collect(1) expect_collect(0, 0)"
  self:fails("expect_collect(2)", "expected the collection to find 2 unreachable objects, found 0 (in expect_collect)")
  self:fails("expect_collect(0, 7)", "ValueError")
end

function TestExpect:test_count_and_live()
  self:run "gc.collect() v1 = set{} expect_count(1, 0, 0) expect_live('set', 1)"
  self:fails("expect_count(5, 0, 0)", "expected the counters (5, 0, 0), found (")
  self:fails("expect_live('set', 3)", "expected 3 live objects of type set, found 1")
end

function TestExpect:test_errors_are_expected_by_text_or_pattern()
  self:run [=[
    expect_error("unhashable type: 'list'", function() set{list{}} end)
    expect_error("unhashable type: '%a+'", function() set{list{}} end)
    expect_error("[", function() error("a [ b") end)]=]
  self:fails("expect_error('x', function() end)", "expected an error with \"x\", found none")
  self:fails("expect_error('x', function() error('other', 0) end)", "expected an error with \"x\", found other")
end

function TestExpect:test_a_skip_is_no_error_that_can_be_expected()
  local py = lab.open()
  local done, problem = pcall(lab.run, py, "expect_error('profile', function() needs 'gc.is_finalized' end)")
  lab.close(py)
  lu.assertFalse(done)
  lu.assertEquals(refchain.skipped(problem), "profile 3.8 has no gc.is_finalized")
end

function TestExpect:test_arguments_are_checked()
  self:fails("expect_refcnt(5, 1)", "TypeError: x must be a heap object, not the Lua number 5")
  self:fails("expect_refcnt(5, 1)", "; write expect_refcnt(int(5), …) (in expect_refcnt)")
  self:fails("expect_same(1, 1)", "a must be a heap object, not the Lua number 1; write expect_same(int(1), …)")
  self:fails("expect_same(None, 'x')", "; write expect_same(…, str(\"x\"))")
  self:fails("expect_alive(nil)", "(a name that is not bound?); Python's None is None")
  self:fails("expect_refcnt(list{})", "TypeError: write expect_refcnt(x, n); there is 1 argument")
  self:fails("expect_count(1, 2, 'x')", "TypeError: c2 must be an integer, not the Lua string \"x\"")
  self:fails("local x = list{} drop(x) expect_refcnt(x, 1)", "dead object: list #")
end

function TestExpect:test_expectations_let_go()
  self:run "do local x = list{} end expect_live('list', 0)"
end

-- ------------------------------------------------------------------- luaunit, story --

function TestExpect:test_luaunits_assertions_are_words()
  self:run "assertEquals({1}, {1}) assertIsTrue(true) assert_equals(1, 1)"
  self:fails("assertEquals(1, 2)", "scenario:1: AssertionError: expected: 2, actual: 1")
  self:fails("fail('because')", "scenario:1: AssertionError: because")
  lu.assertNil(self.py.success)
  lu.assertNil(self.py.LuaUnit)
end

function TestExpect:test_luaunits_assertions_know_heap_objects()
  self:run [[
    assertEquals(int(5), 5) assert_equals('a', str 'a') assertEquals({list{1}, int(5)}, {list{1.0}, 5})
    assertNotEquals(int(5), 6)
    v1, v2 = list{}, list{}
    v3 = list{v1}
    assertIs(v1, v3[0]) assertNotIs(v1, v2) assert_not_is(int(1000), int(1000)) assertNotIs(int(5), 5)]]
  self:fails("assertEquals(int(5), 6)", "AssertionError: expected: 6, actual: 5")
  self:fails("assertNotEquals(int(5), 5)", "AssertionError: Received the not expected value: 5")
  self:fails("assertIs(v1, v2)", "AssertionError: expected and actual object should not be different", "list #")
  self:fails("assertNotIs(v1, v3[0])", "AssertionError: expected and actual object should be different: []")
end

function TestExpect:test_luaunits_messages_have_no_addresses()
  lu.assertNotStrContains(self:fails "assertTrue(print)", "0x")
end

function TestExpect:test_luaunits_skip_skips()
  local done, problem = pcall(self.run, self, "skip('not today')")
  lu.assertFalse(done)
  lu.assertEquals(refchain.skipped(problem), "not today")
  lu.assertEquals(tostring(problem), "scenario:1: skipped: not today")
end

function TestExpect:test_the_story_is_told()
  self:run "scenario 'title' step 'first' expect(true) show('text')"
  lu.assertEquals(self.told, { { "scenario", "title" }, { "step", "first" }, { "expect" }, { "show", "text\n" } })
  lu.assertEquals(self.output, { "text\n" })
end

function TestExpect:test_needs()
  self:run "needs 'gc.freeze' needs 'float_free' needs 'list:append'"
  self:fails("needs 'gc.freez'", "ValueError: no word or profile field is called 'gc.freez'; did you mean gc.freeze?")
end

-- ------------------------------------------------------------------------- showing --

function TestExpect:test_show_prints_objects_with_their_figures()
  self:run "v1 = list{1, 'a'} v1:append(v1) show('before', v1)"
  lu.assertStrMatches(self.output[1], "before\n%[1, 'a', %[%.%.%.%]%]   list #%d+  id 0x%x+  refcnt 2  gen 0\n")
end

function TestExpect:test_show_prints_lua_values_in_order()
  self:run "show({1, 2, b = 'q\\n', a = {x = true}, [10] = print, [list{}] = 1}, nil, 5)"
  lu.assertEquals(self.output[1], "{1, 2, [10] = function #1, a = {x = true}, b = \"q\\n\", [[]] = 1}\nnil\n5\n")
end

function TestExpect:test_show_marks_the_dead_and_cuts_the_long()
  self:run [[
    v1 = list{} local x = v1 v1 = nil
    show(x)
    local t = {}
    t.t = t
    show(t)
    v2 = str(string.rep("ä", 1000))
    show(v2)]]
  lu.assertEquals(self.output[1], "<dead list #1>\n")
  lu.assertEquals(self.output[2], "{t = {...}}\n")
  lu.assertStrContains(self.output[3], " … ")
  lu.assertTrue(utf8.len(self.output[3]) < 500)
end

lab.finish()
