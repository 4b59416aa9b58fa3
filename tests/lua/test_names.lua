-- Names, frames, temporaries and handles: who owns what, and when it is let go.

local lu = require "luaunit"
local lab = require "lab"

local function suite(name)
  local tests = {}
  _G[name] = tests
  function tests:setUp()
    self.said = {}
    self.py = lab.open { output = self.said }
  end
  function tests:tearDown() lab.close(self.py) end
  function tests:run(code) return lab.run(self.py, code) end
  function tests:fails(code) return lab.fails(self.py, code) end
  function tests:output() return table.concat(self.said) end
  return tests
end

local CLASS = 'C = class("C", {__del__ = function(self) print(value(self.n)) end})\n'

-- Names ---------------------------------------------------------------------------------

local names = suite "TestNames"

function names:test_a_name_holds_one_reference_and_a_local_none()
  lu.assertEquals(self:run "x = list{} local y = x return refcnt(x)", 1)
  lu.assertEquals(self:run "z = x return refcnt(x)", 2)
  lu.assertEquals(self:run "z = nil return refcnt(x)", 1)
end

function names:test_names_are_released_in_the_order_in_which_they_were_first_bound()
  self:run(CLASS .. 'frame(function() a = C{n = 1} b = C{n = 2} a = C{n = 3} end)')
  lu.assertEquals(self:output(), "1\n3\n2\n")
end

function names:test_a_plain_value_keeps_the_place_of_a_name()
  self:run(CLASS .. 'frame(function() x = C{n = 1} y = C{n = 2} x = 5 x = C{n = 3} end)')
  lu.assertEquals(self:output(), "1\n3\n2\n")
end

function names:test_a_deleted_name_is_bound_anew_at_the_end()
  self:run(CLASS .. 'frame(function() x = C{n = 1} y = C{n = 2} x = nil x = C{n = 3} end)')
  lu.assertEquals(self:output(), "1\n2\n3\n")
end

-- Short Lua strings are one string if they are equal; names of 32 bytes and more are not.
function names:test_equal_names_are_one_name_however_they_were_made()
  for _, length in ipairs { 3, 31, 32, 40, 41, 200 } do
    lu.assertEquals(lab.run(self.py, [[
      local length = ...
      local function name() return table.concat { "a", ("b"):rep(length - 1) } end
      local x = list{}
      for _ = 1, 3 do
        _G[name()] = x
        expect_same(_G[name()], x)
        expect_refcnt(x, 1)
      end
      _G[name()] = nil
      expect_dead(x)
      _G[name()] = list{}
      del(name())
      return _G[name()] ]], length), nil)
  end
end

function names:test_names_that_come_and_go_leave_nothing_behind()
  self:run [[
    kept = list{}
    for i = 1, 3000 do
      local prefix = i % 2 == 0 and "n" or ("n"):rep(50)
      _G[prefix .. i] = kept
      if i > 20 then _G[(i % 2 == 0 and "n" or ("n"):rep(50)) .. i - 20] = nil end
      if i % 100 == 0 then expect_refcnt(kept, i > 20 and 21 or i + 1) end
    end
    for i = 2981, 3000 do del((i % 2 == 0 and "n" or ("n"):rep(50)) .. i) end
    expect_refcnt(kept, 1)]]
  lu.assertEquals(#require "refchain".inside(self.py).lab:names(), 1)
end

function names:test_a_name_in_many_ways_holds_what_it_was_given_last()
  self:run [[
    local kinds = { function() return 5 end, function() return nil end, function() return list{} end,
                    function() return kept end, function() return "text" end, function() return print end }
    kept = list{}
    for first = 1, #kinds do
      for second = 1, #kinds do
        for third = 1, #kinds do
          for _, kind in ipairs { first, second, third } do
            local value = kinds[kind]()
            x = value
            expect(rawequal(x, value))
            expect_refcnt(kept, kind == 4 and 2 or 1)
          end
        end
      end
    end
    x = nil]]
end

function names:test_del_takes_all_or_none()
  self:run "x = list{}"
  lu.assertStrContains(self:fails 'del("x", "zz")', "NameError: name 'zz' is not defined")
  lu.assertStrContains(self:fails 'del("x", "x")', "NameError: name 'x' is not defined")
  lu.assertEquals(self:run "return refcnt(x)", 1)
  self:run 'del "x"'
end

function names:test_a_word_may_be_shadowed_and_comes_back()
  lu.assertEquals(self:run "step = list{1} return refcnt(step)", 1)
  self:run 'del "step"'
  lu.assertEquals(self:run "return type(step)", "function")
  for _, value in ipairs { "5", "list{}", "nil" } do
    self:run("local word = step step = " .. value .. " step = nil expect(rawequal(step, word))")
    self:run("local word = step frame(function() step = " .. value .. " end) expect(rawequal(step, word))")
  end
  lu.assertEquals(self:run "step = list{} return refcnt(step)", 1)
  local inner = require "refchain".inside(self.py)
  inner.lab:finish()
  lu.assertTrue(rawequal(self:run "return step", inner.words.step))
end

function names:test_a_word_is_no_name_to_delete_or_to_walk()
  lu.assertStrContains(self:fails 'del "step"', "NameError: name 'step' is not defined")
  self:run "x = 1 step = 2"
  lu.assertEquals(self:run [[
    local found = {}
    for name in pairs(_G) do found[#found + 1] = name end
    return table.concat(found, " ")]], "step x")
  self:run "step = nil"
  lu.assertStrContains(self:fails 'del "step"', "NameError: name 'step' is not defined")
end

function names:test_frames_nest_until_a_recursion_error()
  self:run "function f(n) if n > 0 then frame(f, n - 1) end end f(40)"
  lu.assertStrContains(self:fails "f(1000)", "RecursionError: maximum recursion depth exceeded")
end

function names:test_a_frame_that_raises_releases_its_names()
  self:run(CLASS)
  lu.assertStrContains(self:fails "frame(function() x = C{n = 7} error 'out' end)", "out")
  lu.assertEquals(self:output(), "7\n")
end

-- Temporaries ---------------------------------------------------------------------------

local temporaries = suite "TestTemporaries"

function temporaries:test_a_temporary_owns_one_reference_until_it_is_stored()
  lu.assertEquals(self:run "local t = list{} return refcnt(t)", 1)
  lu.assertEquals(self:run "local t = list{} l = list{t} return refcnt(t)", 1)
  lu.assertEquals(self:run "local t = l:pop() return refcnt(t)", 1)
  self:run "l = nil"
end

function temporaries:test_a_lost_temporary_dies_at_the_next_point_of_letting_go()
  self:run(CLASS .. 'local function lose() local t = C{n = 1} end lose() print "still there" gc.get_count()')
  lu.assertEquals(self:output(), "still there\n1\n")
end

function temporaries:test_a_second_heap_is_a_point_of_letting_go_too()
  self:run(CLASS .. 'local function lose() local t = C{n = 1} end lose() heap.new{}:close() print "closed"')
  lu.assertEquals(self:output(), "1\nclosed\n")
end

function temporaries:test_they_are_let_go_in_order_of_creation()
  self:run(CLASS .. 'local function lose() local a, b, c = C{n = 1}, C{n = 2}, C{n = 3} end lose() gc.isenabled()')
  lu.assertEquals(self:output(), "1\n2\n3\n")
end

function temporaries:test_a_close_variable_ends_its_temporary_unless_it_was_stored()
  self:run(CLASS .. [[
    do local t <close> = C{n = 1} end
    do local u <close> = C{n = 2} kept = u end
    print "kept"
    kept = nil]])
  lu.assertEquals(self:output(), "1\nkept\n2\n")
end

function temporaries:test_only_a_temporary_can_be_dropped()
  lu.assertStrContains(self:fails "x = list{} drop(x)", "held elsewhere")
  self:run "x = nil local t = list{} drop(t) expect_dead(t)"
end

function temporaries:test_letting_go_waits_in_a_coroutine_and_below_a_metamethod()
  self:run(CLASS .. [[
    local function lose() local t = C{n = 1} end
    coroutine.wrap(function() lose() gc.get_count() print "in the coroutine" end)()
    local t = setmetatable({}, {__len = function() gc.get_count() print "in the metamethod" return 0 end})
    local n = #t
    gc.get_count()]])
  lu.assertEquals(self:output(), "in the coroutine\nin the metamethod\n1\n")
end

function temporaries:test_a_deep_stack_costs_little()
  self:run "local function f(n) list{1} if n > 0 then return 1 + f(n - 1) end return 0 end f(20000)"
end

-- Handles -------------------------------------------------------------------------------

local handles = suite "TestHandles"

function handles:test_a_dead_handle_says_what_it_was_and_how_it_died()
  self:run "x = list{} y = x"
  lu.assertStrContains(self:fails 'local h = x del "y" del "x" h:append(1)',
                       'dead object: list #1, destroyed by del "x" at scenario:1')
end

function handles:test_a_key_that_is_no_method_is_refused_as_the_type_has_it()
  self:run "d, s, l, t, m = dict{}, str 'ab', list{}, tuple{1}, set{1}"
  for code, message in pairs {
    ["_ = d.k"] = "TypeError: a dict's keys are no fields (k): write d:get(k) and d:set(k, v)",
    ["d.k = 1"] = "TypeError: a dict's keys are no fields (k): write d:get(k) and d:set(k, v)",
    ["_ = s.k"] = "AttributeError: 'str' object has no attribute 'k'",
    ["_ = s[0]"] = "TypeError: a str has no x[i] here; write iter(s)",
    ["_ = l.k"] = "AttributeError: 'list' object has no attribute 'k'",
    ["t[0] = 1"] = "TypeError: 'tuple' object does not support item assignment",
    ["_ = m[0]"] = "TypeError: 'set' object is not subscriptable",
    ["_ = None.k"] = "AttributeError: 'NoneType' object has no attribute 'k'",
  } do
    lu.assertStrContains(self:fails(code), message)
  end
end

function handles:test_a_handle_stays_dead_when_its_memory_lives_again()
  self:run [[
    local h = list{}
    local place = id(h)
    drop(h)
    x = list{}
    expect_eq(id(x), place)
    expect(not alive(h))
    x = nil]]
end

function handles:test_a_handle_of_another_heap_is_refused()
  lu.assertStrContains(self:fails "other = heap.new{} other.v = other.list{} list{other.v}",
                       "TypeError: the object belongs to another heap")
  self:run "other:close() other = nil"
end

-- What the heap calls -------------------------------------------------------------------

local callbacks = suite "TestCallbacks"

function callbacks:setUp()
  self.said, self.errors = {}, {}
  self.py = lab.open { output = self.said, write = self.errors }
end

function callbacks:test_an_error_in_a_finalizer_is_reported_and_goes_no_further()
  self:run 'C = class("C", {__del__ = function() error "boom" end}) x = C{} x = nil y = list{}'
  lu.assertEquals(table.concat(self.errors),
                  "Exception ignored in: <finalizer of C #1>\nscenario:1: boom\n")
  self:run "expect_refcnt(y, 1) y = nil"
end

function callbacks:test_an_error_that_is_no_text_shows_no_address()
  self:run 'C = class("C", {__del__ = function() error {} end}) x = C{} x = nil'
  lu.assertStrContains(table.concat(self.errors), "an error that is a table")
end

function callbacks:test_a_failed_expectation_in_one_fails_the_test()
  self:run 'C = class("C", {__del__ = function() expect(false) end}) x = C{} x = nil'
  local inner = require "refchain".inside(self.py).lab
  lu.assertErrorMsgContains("AssertionError", inner.finish, inner)
  inner:finish()                        -- it is said once
end

local NESTING = [[
  n = 0
  C = class("C", {__del__ = function() n = n + 1 if n < 200 then drop(C{}) end end})
  drop(C{})
  return n]]

function callbacks:test_without_a_trashcan_finalizers_nest_until_a_recursion_error()
  lab.close(self.py)
  self.py = lab.open { profile = "3.13", write = self.errors }
  lu.assertEquals(self:run(NESTING), 60)
  lu.assertStrContains(table.concat(self.errors), "RecursionError: maximum recursion depth exceeded")
end

function callbacks:test_the_trashcan_runs_deep_finalizers_one_after_the_other()
  lu.assertEquals(self:run(NESTING), 200)
end

-- Measured on CPython: how generation 0's counter moves when an object with so many
-- callbacks dies by count.
local COUNTED = {
  ["3.7"] = { [0] = -1, -1, 0, 0 }, ["3.8"] = { [0] = -1, -1, 0, 0 }, ["3.13"] = { [0] = -1, 0, 0, 0 },
}

function callbacks:test_the_tuple_for_the_callbacks_of_a_dying_object_counts()
  for profile, moves in pairs(COUNTED) do
    local py = lab.open { profile = profile }
    for count = 0, 3 do
      lu.assertEquals(lab.run(py, [[
        local count = ...
        gc.disable()
        gc.collect()
        o, kept, called = object{}, list{}, 0
        for i = 1, count do kept:append(weakref.ref(o, function() called = called + 1 end)) end
        local before = gc.get_count()
        o = nil
        assert(called == count)
        return gc.get_count() - before]], count), moves[count], profile .. " " .. count)
    end
    lab.close(py)
  end
end

function callbacks:test_a_weak_reference_without_a_callback_may_say_so_with_None()
  self:run "o = object{} w = weakref.ref(o, None) expect_same(w, weakref.ref(o)) o = nil w = nil"
end

lab.finish()
