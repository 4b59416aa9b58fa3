-- The shortcuts that a chunk's text is given: only where nobody can tell.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"
local shortcuts = require "refchain.shortcuts"

-- What a text becomes, without what is put around it; nil if it stays.
local function changed(text)
  local chunk = shortcuts.taken(text)
  if not chunk then return nil end
  lu.assertTrue(load(chunk) ~= nil)
  local before = "local name_list, empty_list, append_to, _ENV = "
    .. "_ENV.name_list, _ENV.empty_list, _ENV.append_to, _ENV.hidden; "
  lu.assertEquals(string.sub(chunk, 1, #before), before)
  return string.sub(chunk, #before + 1)
end

TestDisplays = {}

function TestDisplays:test_a_display_is_replaced_where_an_expression_is_due()
  lu.assertEquals(changed "x = list{}", "x = (empty_list() or list{})")
  lu.assertEquals(changed "f(list {}, list{ })", "f((empty_list() or list {}), (empty_list() or list{ }))")
  lu.assertEquals(changed "return {list{}}", "return {(empty_list() or list{})}")
  lu.assertEquals(changed "return list{}", "return (empty_list() or list{})")
  lu.assertEquals(changed "x = y and list{} or list{}",
                  "x = y and (empty_list() or list{}) or (empty_list() or list{})")
  lu.assertEquals(changed "x = list{}:append(y)", "x = (empty_list() or list{}):append(y)")
end

function TestDisplays:test_lines_keep_their_numbers()
  lu.assertEquals(changed "\nx =\nlist\n{\n}\ny = z", "\nx =\n(empty_list() or list\n{\n})\ny = z")
  lu.assertEquals(changed "x = list{} -- the end", "x = (empty_list() or list{}) -- the end")
end

function TestDisplays:test_a_display_that_begins_a_statement_stays()
  lu.assertNil(changed "x = f list{}:append(y)")
  lu.assertNil(changed "list{}")
  lu.assertEquals(changed "x = list{} list{}:append(x)", "x = (empty_list() or list{}) list{}:append(x)")
end

function TestDisplays:test_what_is_no_display_of_nothing_stays()
  for _, text in ipairs { "x = list{y}", "x = list()", "x = list{--[[]]}", "x = tuple{}", "x = lists{}", "x = _list{}",
                          "x = a.list{}", "x = a:list{}", "x = 1" } do
    lu.assertNil(changed(text), text)
  end
end

function TestDisplays:test_strings_and_comments_stay()
  for _, text in ipairs { "'list{}'", '"= list{}"', "[[= list{}]]", "[==[ ]] = list{}]==]", "'\\' = list{}'",
                          "'\\\\' .. '= list{}'", "'a\\\n= list{}'", "1 -- = list{}", "1 --[[ = list{} ]]",
                          "1 --[==[ ]]\n = list{} ]==]", "1 --[ = list{}", "1 ---[[ = list{}",
                          "-[[= list{}]]", "- -[=[= list{}]=]" } do
    lu.assertNil(changed("x = " .. text), text)
    lu.assertEquals(changed("x = " .. text .. "\ny = list{}"), "x = " .. text .. "\ny = (empty_list() or list{})")
  end
  lu.assertEquals(changed "x = a[b[1]] - -c t.y = list{}", "x = a[b[1]] - -c t.y = (empty_list() or list{})")
end

function TestDisplays:test_a_comment_ends_with_any_end_of_a_line()
  lu.assertEquals(changed "x = list{} -- c\ry = list{}",
                  "x = (empty_list() or list{}) -- c\ry = (empty_list() or list{})")
  lu.assertNil(changed "x = 1 -- c\ry = [[ = list{} ' ]]")
  lu.assertNil(changed "x = 1 -- c\rlocal list = f\nx = list{}")
end

function TestDisplays:test_the_end_of_a_longer_word_is_no_word()
  for n = 90, 110 do
    local space = string.rep(" ", n)
    lu.assertNil(changed("x = brand" .. space .. "list{}:append(y)"))
    local short = changed("x =" .. space .. "list{}")
    lu.assertEquals(short, n < 100 and "x =" .. space .. "(empty_list() or list{})" or nil)
  end
end

function TestDisplays:test_a_text_that_may_have_a_list_of_its_own_stays()
  for _, text in ipairs { "local list = f", "local list", "local list <const> = f", "local a, list = f, g",
                          "local list\n(f)()", "local a, list\n(f)()", "local --\nlist\n(f)()", "function list() end",
                          "local function list() end", "f(function(list) end)", "function f(a, list) end",
                          "function f(list, ...) end", "for list = 1, 2 do end", "for _, list in f do end", "list = f",
                          "a, list = f, g", "list.x = f" } do
    lu.assertTrue(load(text) ~= nil, text)
    lu.assertNil(changed(text .. " x = list{}"), text)
    lu.assertNil(changed("x = list{} " .. text), text)
  end
end

function TestDisplays:test_other_uses_of_the_word_are_no_reason()
  for _, text in ipairs { "y = list{1}", "y = list(z)", "y = f(list(z))", "y = list 'ab'", "a.list = f",
                          "function a.list() end", "function a:list() end" } do
    lu.assertEquals(changed("x = list{} " .. text), "x = (empty_list() or list{}) " .. text)
  end
end

TestAssignments = {}

-- What `x = list{}` in a text becomes, where it is one that may be named at once.
local NAMED = "if not name_list 'x' then x = (empty_list() or list{}) end "

function TestAssignments:test_a_list_is_named_where_the_assignment_is_a_statement()
  lu.assertEquals(changed "f() x  = list{ }",
                  "f() if not name_list 'x' then x  = (empty_list() or list{ }) end ")
  for _, before in ipairs { "y = z", "y = 5", "y = t[1]", "y = {}", "f();", "do", "if y then", "repeat",
                            "function f()", "while y do", "y = nil", "local y = 5", "for i = 1, 3 do" } do
    lu.assertStrContains(shortcuts.taken(before .. " x = list{} end"), before .. " " .. NAMED)
  end
  for _, after in ipairs { "", ";", " ; f()", "end", "f()", " local y", "until y", "else f()", "return", "order = 5",
                           " -- c\nf()", "--[[c]]f()", " -- c" } do
    lu.assertStrContains(shortcuts.taken("f() x = list{}" .. after), NAMED .. after)
  end
end

function TestAssignments:test_what_goes_on_is_not_named()
  for _, text in ipairs { "x = list{} or y", "x = list{} and y", "x = list{}:append(y)", "x = list{} .. y",
                          "x = list{} + y", "x = list{} == y", "x = list{}, y", "x = list{}[1]", "x = list{}.y",
                          "x = list{}\n(f)()", "x = list{}''", "x = list{}{}", "x = list{} --\n+ y",
                          "x = {y = list{}}", "x = {1; y = list{}}", "y, x = z, list{}", "t.x = list{}",
                          "t[1] = list{}", "x = y == list{}", "x = y <= list{}", "x = y ~= list{}" } do
    lu.assertTrue(load(text) ~= nil, text)
    lu.assertNotStrContains(changed("f() " .. text), "name_list")
  end
end

function TestAssignments:test_what_may_be_a_local_is_not_named()
  for _, before in ipairs { "local x", "local y, x", "local y <const>, x", "local\nx", "function f(x) end",
                            "function f(y, x) end", "f(function(x) end)", "local function x() end",
                            "function t.f.g:h(x) end", "for x = 1, 2 do end", "for x in f do end",
                            "for y, x in f do end", "local --[[]] x", "local y --\n, x", "function f(--[[)]] x) end",
                            "for --[[]] x in f do end", "f(function --[[]] (x) end)" } do
    for _, text in ipairs { before .. " f() x = list{}", "f() x = list{} " .. before } do
      lu.assertTrue(load(text) ~= nil, text)
      lu.assertStrContains(changed(text), "f() x = (empty_list() or list{})")
    end
  end
  lu.assertStrContains(changed "function t:f() g() self = list{} end", "g() self = (empty_list() or list{})")
end

TestAppends = {}

function TestAppends:test_an_append_of_a_name_to_a_name_is_replaced_where_it_is_a_statement()
  lu.assertEquals(changed "f() a:append(b)", "f() if not append_to(a, b) then a:append(b) end ")
  lu.assertEquals(changed "do local a a : append ( b ) end",
                  "do local a if not append_to(a, b) then a : append ( b ) end  end")
  for _, before in ipairs { "x = y", "x = 5", "x = t[1]", "x = {}", "f();", "if x then", "do", "if x then f() else",
                            "repeat", "function f()", "f = function()", "while x do", "x = nil", "local x", "x = a" } do
    lu.assertStrContains(shortcuts.taken(before .. " a:append(b) end"), before .. " if not append_to(a, b) then ")
  end
  lu.assertEquals(changed "if x then a:append(b)else f() end",
                  "if x then if not append_to(a, b) then a:append(b) end else f() end")
end

function TestAppends:test_one_after_another()
  lu.assertEquals(changed "do a:append(b) b:append(a) end",
                  "do if not append_to(a, b) then a:append(b) end  if not append_to(b, a) then b:append(a) end  end")
  lu.assertEquals(changed "do t.x = list{} x:append(x) end",
                  "do t.x = (empty_list() or list{}) if not append_to(x, x) then x:append(x) end  end")
end

function TestAppends:test_what_is_an_expression_stays()
  for _, text in ipairs { "x = a:append(b)", "f(a:append(b))", "x = {a:append(b)}", "return a:append(b)",
                          "x = y and a:append(b)", "x = y or a:append(b)", "x = not a:append(b)", "x = -a:append(b)",
                          "x = y .. a:append(b)", "x, y = z, a:append(b)", "if a:append(b) then end",
                          "if x then elseif a:append(b) then end", "while a:append(b) do end",
                          "repeat until a:append(b)", "for i in a:append(b) do end", "t[a:append(b)] = 5" } do
    lu.assertTrue(load(text) ~= nil, text)
    lu.assertNil(changed(text), text)
  end
end

function TestAppends:test_what_goes_on_stays()
  for _, text in ipairs { "a:append(b):append(c)", "a:append(b).x = 5", "a:append(b)[1] = 5", "a:append(b)\n(f)()",
                          "a:append(b){}", "a:append(b)''", 'a:append(b)""', "a:append(b)[[]]",
                          "a:append(b) -- c\n(f)()", "a:append(b) --[[c]] --\n .x = 5" } do
    lu.assertTrue(load(text) ~= nil, text)
    lu.assertNil(changed("f() " .. text), text)
  end
end

function TestAppends:test_what_is_no_append_of_a_name_to_a_name_stays()
  for _, text in ipairs { "a.b:append(c)", "a[1]:append(b)", "f():append(b)", "a:append(5 + b)", "a:append(b.c)",
                          "a:append(b, c)", "a:append()", "a:append(f())", "a:append{}", "a:append 'b'",
                          "a.append(b)", "a:appends(b)", "append(b)", "a:append(\nb)", "a\n:append(b)",
                          "a:append(b --[[]])" } do
    lu.assertTrue(load(text) ~= nil, text)
    lu.assertNil(changed("f() " .. text), text)
  end
end

TestText = {}

function TestText:test_a_text_that_has_the_names_stays()
  lu.assertNil(changed "empty_list = f x = list{} x:append(x)")
  lu.assertNil(changed "append_to = f x = list{} x:append(x)")
  lu.assertNil(changed "name_list = f x = list{} x:append(x)")
end

function TestText:test_it_says_the_same_in_every_scenario()
  local count = 0
  for path in io.popen("find scenarios -name '*.lua'"):lines() do
    local file = assert(io.open(path))
    local text = file:read "a"
    file:close()
    local chunk = shortcuts.taken(text)
    if chunk then
      lu.assertTrue(load(chunk) ~= nil, path)
      lu.assertEquals(select(2, string.gsub(chunk, "\n", "")), select(2, string.gsub(text, "\n", "")), path)
      count = count + 1
    end
  end
  lu.assertTrue(count > 20, count)
end

TestLists = {}

local function run(py, code, ...) return assert(refchain.load(code, "=scenario", py))(...) end

-- A heap in which the next list{} takes the shortcut: the first makes room for temporaries.
local function open(options)
  local py = lab.open(options)
  run(py, "x = list{} x = nil")
  return py
end

function TestLists:setUp() self.py = open() end
function TestLists:tearDown() lab.close(self.py) end

function TestLists:test_all_heaps_here_take_the_shortcut()
  local make = refchain.inside(self.py).lab:empty_list()
  lu.assertEquals(self.py.typename(make()), "list")
end

local function fails(py, code)
  local done, problem = pcall(run, py, code)
  lu.assertFalse(done)
  return problem
end

function TestLists:run(code, ...) return run(self.py, code, ...) end

-- What a text does, with shortcuts and without.
local function done(text, options)
  local given = {}
  for i, mark in ipairs { "", "--[[_ENV]]" } do
    local py = open(options)
    given[i] = table.pack(pcall(run, py, text .. mark))
    py.gc.enable()
    lab.close(py)
  end
  lu.assertEquals(given[1], given[2], text)
  return table.unpack(given[1], 2, given[1].n)
end

-- Bytes of Lua's that 1,000 passes take.
local function bytes_taken(py, code)
  local pass = run(py, "return function() for i = 1, 1000 do " .. code .. " end end")
  collectgarbage()
  collectgarbage "stop"
  local before = collectgarbage "count"
  pass()
  local taken = (collectgarbage "count" - before) * 1024
  collectgarbage "restart"
  return taken
end

function TestLists:test_no_table_is_made()
  self:run "x = 5 x = nil"
  for _, code in ipairs { "x = list{}", "x = list{} x = nil" } do
    local without = bytes_taken(self.py, code .. " --[[_ENV]]")
    local taken = bytes_taken(self.py, code)
    lu.assertTrue(without - taken > 1000 * 50, code .. without - taken)
  end
end

function TestLists:test_the_list_is_the_same()
  for _, about in ipairs { "origin(x)", "refcnt(x)", "gc.get_count()", "heap.live('list')", "show(x)", "typename(x)",
                           "sys.getsizeof(x)", "birth(x)" } do
    local given = {}
    for i, text in ipairs { "", "--[[_ENV]]" } do
      local py = open { output = {} }
      given[i] = table.pack(run(py, "x = list{} " .. text .. " return " .. about))
      lab.close(py)
    end
    lu.assertEquals(given[1], given[2], about)
  end
  lu.assertEquals(self:run "x = list{} local first = id(x) x = nil x = list{} return id(x) == first", true)
  lu.assertEquals(self:run "local l = list{} expect_refcnt(l, 1) return refcnt(l)", 1)
end

function TestLists:test_arguments_and_results_of_a_text_go_through()
  lu.assertEquals({ self:run("x = list{} return select('#', ...), ...", 7, nil) }, { 2, 7, nil })
end

-- Where memory ends, a shortcut does nothing, and what is written fails under its own name.
function TestLists:test_without_memory_the_same_fails_in_the_same_place()
  local starve = "all = {list{}} pcall(function() while true do all[#all + 1] = list() end end) f() "
  for code, place in pairs {
    ["\nreturn f(\nlist{})"] = "scenario:3: MemoryError: [^\n]* %(in list%)\n",
    ["\nx = list{}"] = "scenario:2: MemoryError: [^\n]* %(in list%)\n",
    ["f() x =\nlist{}"] = "scenario:2: MemoryError: [^\n]* %(in list%)\n",
    ["a, b = all[1], all[2]\nwhile true do\na:append(b) end"] = "scenario:3: MemoryError: [^\n]* %(in list.append on",
  } do
    local text = "function f() end x = 1 " .. starve
      .. "local _, trace = xpcall(function() " .. code .. " end, debug.traceback) all = nil return trace"
    lu.assertStrMatches(done(text, { memory_limit = 400000 }), place .. ".*")
  end
end

function TestLists:test_a_syntax_error_speaks_of_what_was_written()
  lu.assertEquals({ self:run "return load('x = list{}[', '=text')" }, { nil, "text:1: unexpected symbol near <eof>" })
  lu.assertStrContains(select(2, self:run "return load('x = list{} end return function()', '=text')"),
                       "<eof> expected near 'end'")
end

function TestLists:test_an_unnamed_text_is_named_by_itself()
  lu.assertStrContains(fails(self.py, "load('x = list{} y = x + nil')()"), '[string "x = list{} y = x + nil"]:1: ')
end

function TestLists:test_naming_is_the_same()
  for _, text in ipairs {
    "f() x = list{} return refcnt(x), origin(x), birth(x), heap.live('list'), id(x)",
    "f() x = list{} f() y = x x = list{} return refcnt(x), refcnt(y), id(x) == id(y), birth(x)",
    "x = list{1} y = x f() x = list{} return refcnt(y), refcnt(x)",
    "x = list{1} f() x = list{} return birth(x), gc.get_count()",
    "x = 5 x = nil f() x = list{} f() x = nil return heap.live 'list', x",
    "a = 5 b = 6 a = nil f() a = list{} t = '' for k in pairs(_G) do t = t .. k end return t",
    "C = class('C', {__del__ = function() seen = x end}) x = C() f() x = list{} return typename(seen)",
    "x = 5 gc.set_threshold(1) f() x = list{} f() y = list{} return gc.get_count(), refcnt(x)",
    "frame(function() f() x = list{} seen = refcnt(x) end) return seen, x",
    "sys = 5 f() sys = list{} return refcnt(sys)",
    "f() f = list{} return refcnt(f)",
    "load('list = ...')(f) f() x = list{} load('list = ...')(nil) return x",
    "t = '' gc.callbacks:append(function(phase) t = t .. phase .. debug.traceback() end) gc.set_threshold(2) "
      .. "coroutine.wrap(function() return id(list{}) end)() for i = 1, 9 do f() y = x x = list{} end return t",
    "t = 0 C = class('C', {__del__ = function() t = t + 1 end}) for i = 1, 5 do f(C{}) end "
      .. "gc.set_threshold(5) for i = 1, 9 do f() y = x x = list{} end return t",
  } do
    done("function f() end x = 1 y = 2 " .. text)
  end
  local make = "f() x = list{}\n"
  local text = "function f() end x = 1\n" .. make .. make .. "y = x\n" .. make .. "return tostring(ledger(y))"
  done(text, { ledger = true })
end

function TestLists:test_what_is_lost_is_let_go_as_soon()
  local most = 0
  for n = 995, 1005 do
    most = math.max(most, done("function f() end x = 1 dead = 0 gc.disable() "
      .. "C = class('C', {__del__ = function() dead = dead + 1 end}) "
      .. "for i = 1, " .. n .. " do f(C{}) end f() dead = 0 x = list{} local seen = dead return seen"))
  end
  lu.assertEquals(most, 1000)
end

function TestLists:test_a_naming_survives_each_failing_allocation()
  for n = 1, 2 do
    local py = lab.open()
    local inside = refchain.inside(py).lab
    py.fail = function() inside:fail_allocation(n) end
    run(py, "x = 7 fail() x = list{} y = 5")
    lu.assertEquals(inside:allocation_failed(), n == 1)
    inside:fail_allocation(0)
    lu.assertEquals({ run(py, "return refcnt(x), heap.live 'list'") }, { 1, 1 })
    lab.close(py)
  end
end

function TestLists:test_a_list_that_is_named_outlives_the_word()
  lu.assertEquals(done "function f() end x = 1 f() x = list{} for i = 1, 2000 do f(list{}) end return refcnt(x)", 1)
end

function TestLists:test_another_list_is_called()
  self:run "function make() return list{} end"
  self:run "function of_other(f) list = f end"
  self:run "of_other(function(t) t.seen = (t.seen or 0) + 1 return t end)"
  lu.assertEquals(self:run "return make()", { seen = 1 })
  lu.assertEquals(self:run "return make()", { seen = 1 })
  self:run "of_other(nil)"
  lu.assertEquals(self:run "return typename(make())", "list")
  self:test_no_table_is_made()
end

function TestLists:test_another_list_is_called_also_after_many_names()
  self:run "function make() return list{} end"
  self:run "function of_other(f) list = f end"
  self:run "of_other(function(t) return t end)"
  for i = 1, 200 do self:run("n" .. i .. " = 1") end
  lu.assertEquals(self:run "return make()", {})
  self:run "of_other(nil)"
  lu.assertEquals(self:run "return typename(make())", "list")
end

function TestLists:test_what_is_no_function_is_called_and_refused()
  self:run "function make() local l = list{} return l end of_other = load('list = ...')"
  self:run "of_other(5)"
  lu.assertStrContains(fails(self.py, "make()"), "attempt to call a number value (global 'list')")
  self:run "of_other(nil)"
end

function TestLists:test_a_frame_has_its_own_list()
  lu.assertEquals(self:run [[
    function make() return list{} end
    local of_other, seen = load("list = ...")
    frame(function()
      of_other(function() return 5 end)
      seen = make()
    end)
    return seen]], 5)
end

function TestLists:test_an_append_is_the_same()
  local make = "a = list{1} b = list{} "
  lu.assertEquals(done(make .. "a:append(b) return refcnt(b), #a, gc.get_count(), heap.memory().used"), 2)
  lu.assertEquals(done(make .. "local t = list{} a:append(t) return refcnt(t)"), 1)
  lu.assertEquals(done("t = {} function t:append(x) self.x = x end local x = 5 t:append(x) return t.x"), 5)
  lu.assertEquals(done(make .. "n = 7 a:append(n) return value(a[1])"), 7)
  lu.assertEquals(done(make .. "gc.set_threshold(1) a:append(b) a:append(b) return refcnt(b)"), 3)
end

function TestLists:test_an_append_that_cannot_be_fails_the_same()
  local make = "a = list{} b = list{} "
  lu.assertStrContains(done(make .. "local d = a a = nil a:append(b)"), "attempt to index a nil value (global 'a')")
  lu.assertStrContains(done(make .. "local dead = a a = nil dead:append(b)"), "(in list.append")
  lu.assertStrContains(done(make .. "local dead = b b = nil a:append(dead)"), "(in list.append")
  lu.assertStrContains(done(make .. "b = tuple{} b:append(a)"), "'tuple' object has no attribute 'append'")
  lu.assertStrContains(done(make .. "local t = {} a:append(t)"), "Lua table")
  lu.assertStrContains(done(make .. "for i, x in iter(a) do end local f = a\nf:append(nothing)"), "scenario:2: ")
  lu.assertStrContains(done(make .. "b = heap.new{}.list{} a:append(b)"), "another heap")
end

function TestLists:test_an_append_survives_each_failing_allocation()
  for n = 1, 3 do
    local inside = refchain.inside(self.py)
    self.py.fail = function() inside.lab:fail_allocation(n) end
    lu.assertEquals({ self:run "a = list{} b = list{} fail()\na:append(b) return #a, refcnt(b)" }, { 1, 2 })
    lu.assertEquals(inside.lab:allocation_failed(), n == 1)
    inside.lab:fail_allocation(0)
  end
end

function TestLists:test_what_follows_a_comment_is_called_the_same()
  lu.assertStrContains(done "a = list{} b = list{} f = print\na:append(b) -- c\n(f)()", "attempt to call a nil value")
end

function TestLists:test_a_trace_is_the_same()
  lu.assertStrContains(done "x = list{}\nreturn debug.traceback()", "scenario:2: in main chunk")
end

function TestLists:test_a_text_ends_on_its_last_line()
  local close = "function() print(debug.traceback()) end"
  local output = {}
  done("x = list{}\nlocal c <close> = setmetatable({}, {__close = " .. close .. "})\n\n", { output = output })
  lu.assertEquals(#output, 2)
  lu.assertEquals(output[1], output[2])
  lu.assertStrContains(output[1], "scenario:2: in main chunk")
end

function TestLists:test_a_text_that_would_become_no_lua_stays()
  local text = "local t = {1; a = list{};} return #t.a"
  lu.assertNil(load(shortcuts.taken(text)))
  lu.assertEquals(done(text), 0)
end

function TestLists:test_a_text_may_begin_with_a_parenthesis()
  lu.assertEquals(done "(print)() x = list{} return #x", 0)
end

function TestLists:test_of_what_another_list_returns_one_value_is_taken()
  self:run "_G['list'] = function() return 5, 6 end"
  lu.assertEquals({ self:run "return list{}" }, { 5 })
  self:run "_G['list'] = function() end"
  lu.assertEquals(self:run "return select('#', list{})", 1)
  self:run "_G['list'] = nil"
end

function TestLists:test_who_has_all_of_debug_gets_what_was_written()
  local py = lab.open { trusted = true }
  run(py, "function f() end x = 1 chunk = load 'f() x = list{} return x'")
  run(py, "debug.setupvalue(chunk, 1, { f = f, list = f })")
  lu.assertNil(run(py, "return chunk()"))
  lu.assertEquals(run(py, "local l = list{} return debug.getlocal(1, 1)"), "l")
  lab.close(py)
end

function TestLists:test_who_does_not_ask_for_debug_gets_them_although_trusted()
  local py = lab.open { trusted = true }
  lu.assertEquals(debug.getupvalue(run(py, "return function() x = list{} end"), 1), "name_list")
  lu.assertEquals(debug.getupvalue(run(py, "return function() x = list{} end -- debug"), 1), "_ENV")
  lab.close(py)
end

function TestLists:test_a_closed_heap_is_no_heap()
  local py = open()
  local make = run(py, "return function() local l = list{} return l end")
  py.close()
  lu.assertErrorMsgContains("closed", make)
end

lab.finish()
