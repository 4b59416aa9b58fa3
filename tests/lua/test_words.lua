-- The table of words against what really exists; and, made from it, tests of use and
-- of misuse for every word.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"
local words = require "refchain.words"

local PROFILE = os.getenv "REFCHAIN_PROFILE" or "3.8"

-- A heap that has every word.
local function complete() return { profile = "3.13", settings = { debug_kinds = true } } end

-- The words that the profile lacks: these are tested on a heap that has every word.
local lacking = {}

do
  local py = refchain.new { profile = PROFILE }
  for _, word in ipairs(words) do
    local expression = word.target or word.name:match "^gc%.[%w_]+$" or "true"
    local exists = load("return " .. expression:gsub(":.*", ""), "=exists", "t", py)
    lacking[word] = not word.receiver and not pcall(exists)
  end
  py:close()
end

-- A fresh heap for one piece of code that uses the word; what goes wrong names it.
local function on_a_heap(word, what, f)
  local options = lacking[word] and complete() or { profile = PROFILE }
  options.output, options.write, options.ledger = {}, {}, true
  local py = lab.open(options)
  local done, problem = xpcall(f, function(problem)
    if refchain.skipped(problem) then return problem end
    return tostring(problem)
  end, py)
  local closed, left = pcall(lab.close, py)
  if not done and not refchain.skipped(problem) then error(what .. ": " .. problem, 0) end
  if not closed then error(what .. ": " .. left, 0) end
end

local function each_word(f)
  for _, word in ipairs(words) do
    if word.name ~= "close" then f(word) end
  end
end

-- --------------------------------------------------------------- the table is right --

TestTable = {}

function TestTable:test_every_entry_is_complete()
  for _, word in ipairs(words) do
    for _, field in ipairs { "name", "group", "signature", "meaning", "results", "example", "call" } do
      lu.assertIsString(word[field], word.name .. "." .. field)
    end
    lu.assertNotNil(words.groups[word.group], word.name)
    lu.assertStrMatches(word.meaning, ".*%.", nil, nil, word.name)
    lu.assertIs(words.by_name[word.name], word)
  end
end

-- Lua's own library, which the table leaves to Lua's manual.
local LUA = {}
for name in ([[_G _VERSION assert coroutine debug error getmetatable ipairs load math next os pairs pcall print
               rawequal rawget rawlen rawset select setmetatable string table tonumber tostring type utf8 warn
               xpcall]]):gmatch "%S+" do
  LUA[name] = true
end

function TestTable:test_every_word_that_exists_is_in_it()
  local py = refchain.new(complete())
  local missing = {}
  for name, value in pairs(refchain.inside(py).words) do
    if type(value) == "table" and not LUA[name] then
      for field in pairs(value) do
        if not words.by_name[name .. "." .. field] then missing[#missing + 1] = name .. "." .. field end
      end
    elseif not LUA[name] and not words.by_name[name] then
      missing[#missing + 1] = name
    end
  end
  py:close()
  table.sort(missing)
  lu.assertEquals(missing, {})
end

function TestTable:test_every_method_that_exists_is_in_it()
  local py = refchain.new(complete())
  local found, known = {}, {}
  for _, made in ipairs { "list{}", "tuple{}", "dict{}", "set{}", "frozenset{}", "object{}", "int(1)", "float(1.5)",
                          "str \"x\"", "weakref.ref(object{})", "gc.callbacks", "gc.garbage" } do
    local index = debug.getmetatable(load("return " .. made, "=made", "t", py)()).__index
    local methods = type(index) == "table" and index or select(2, debug.getupvalue(index, 5)) or {}
    for method in pairs(methods) do found[#found + 1] = made:match "^[%a.]+" .. ":" .. method end
  end
  py:close()
  for _, word in ipairs(words) do
    if word.name:find ":" then known[#known + 1] = word.name end
  end
  lu.assertItemsEquals(found, known)
end

function TestTable:test_every_word_in_it_exists()
  local py = refchain.new(complete())
  for _, word in ipairs(words) do
    local expression = word.target or word.name
    if expression:find "^[%a_][%w_.:]*$" and not word.receiver then
      local found = load("return " .. expression:gsub(":", "."), "=exists", "t", py)()
      lu.assertNotNil(found, word.name)
    elseif word.target then
      local code = word.given .. " return " .. word.target:gsub(":", ".")
      lu.assertNotNil(load(code, "=exists", "t", py)(), word.name)
    end
  end
  py:close()
end

function TestTable:test_words_are_found_by_a_part_of_their_name()
  lu.assertEquals(words.find("append")[1].name, "list:append")
  lu.assertEquals(words.find("gc.collect")[1].name, "gc.collect")
  lu.assertTableContains(words.methods "list", "append")
  lu.assertTableContains(words.globals(), "gc")
end

function TestTable:test_a_word_says_how_many_arguments_it_may_have()
  for name, counts in pairs {
    ["list:insert"] = { 2, 2 }, ["list:pop"] = { 0, 1 }, ["del"] = { 1, math.huge },
    ["gc.get_referrers"] = { 0, math.huge }, ["heap.stats"] = { 0, 0 },
  } do
    lu.assertEquals({ words.by_name[name].least, words.by_name[name].most }, counts, name)
  end
end

-- ----------------------------------------------------------------------------- use --

TestUse = {}

function TestUse:test_every_example_runs()
  each_word(function(word)
    on_a_heap(word, word.name, function(py) lab.run(py, word.example) end)
  end)
end

function TestUse:test_every_call_is_right()
  each_word(function(word)
    on_a_heap(word, word.name, function(py) lab.run(py, word.given .. "\n" .. word.call) end)
  end)
end

function TestUse:test_frames_nest_as_deep_as_the_table_says()
  local depth = words.by_name.frame.meaning:match "nest (%d+) deep"
  on_a_heap(words.by_name.frame, "frame", function(py)
    local nest = "local function nest(n) if n > 0 then frame(nest, n - 1) end end nest(%d)"
    lab.run(py, nest:format(depth))
    local kind = py.heap.profile.has_recursion_error and "RecursionError" or "RuntimeError"
    lu.assertStrContains(lab.fails(py, nest:format(depth + 1)), "scenario:1: " .. kind .. ": maximum recursion depth")
  end)
end

-- -------------------------------------------------------------------------- misuse --

TestMisuse = {}

-- Run word.given, then this use of the word: it must fail at that line with one of
-- `texts`, and leave the heap whole.
local function use_must_fail(word, use, texts, before)
  on_a_heap(word, use, function(py)
    local code = word.given:gsub("\n", " ") .. "\n" .. (before or ""):gsub("\n", " ") .. "\n" .. use
    local message = lab.fails(py, code)
    lu.assertStrContains(message, "scenario:3: ")
    for _, text in ipairs(texts) do
      if message:find(text, 1, true) then return end
    end
    error("unexpected message: " .. message, 0)
  end)
end

-- The same of the call with these argument expressions.
local function must_fail(word, args, texts, before)
  use_must_fail(word, ("%s(%s)"):format(word.target, table.concat(args, ", ")), texts, before)
end

local ERRORS = { "TypeError", "ValueError", "OverflowError", "NameError", "IndexError", "KeyError" }

local function fill(word, count)
  local args = {}
  for i = 1, count do args[i] = word.args[i] or "1" end
  return args
end

function TestMisuse:test_a_wrong_number_of_arguments_is_a_type_error()
  each_word(function(word)
    if not word.target then return end
    if word.least > 0 then must_fail(word, fill(word, word.least - 1), { "TypeError" }) end
    if word.most < math.huge then must_fail(word, fill(word, word.most + 1), { "TypeError" }) end
  end)
end

-- Arguments that no parameter of the kind can take.
local WRONG = {
  value = { "print", "{}", "coroutine.create(print)" },
  object = { "5", "'text'", "nil", "print", "{}" },
  handle = { "5", "nil", "{}" },
  temporary = { "5", "nil", "print" },
  literal = { "list{}", "nil", "print", "{}" },
  iterable = { "5", "print", "None" },
  integer = { "'x'", "{}", "1.5", "list{}", "None", "print" },
  string = { "5", "{}", "print" },
  name = { "5", "{}", "nil" },
  type = { "5", "{}" },
  event = { "5", "'no such event'", "{}" },
  ["function"] = { "5", "'x'", "{}", "list{}" },
  table = { "5", "'x'", "print" },
  dict = { "5", "list{}", "print" },
  any = {},
}

function TestMisuse:test_a_wrong_type_is_refused()
  each_word(function(word)
    if not word.target then return end
    for i, param in ipairs(word.params) do
      for _, wrong in ipairs(assert(WRONG[param.kind], param.kind)) do
        if not (param.optional and wrong:lower():find "^n") then         -- nil, None
          local args = fill(word, math.max(i, #word.args))
          args[i] = wrong
          must_fail(word, args, ERRORS)
        end
      end
    end
  end)
end

function TestMisuse:test_what_is_wrong_is_called_what_it_is()
  on_a_heap(words.by_name.expect_refcnt, "expect_refcnt", function(py)
    lu.assertStrContains(lab.fails(py, "expect_refcnt(list{}, int(1))"), "n must be an integer, not an int")
    lu.assertStrContains(lab.fails(py, "expect_refcnt(list{}, list{})"), "n must be an integer, not a list")
    lu.assertStrContains(lab.fails(py, "expect_refcnt(5, 1)"), "x must be a heap object, not the Lua number 5")
  end)
end

local HEAP_KINDS = { value = true, object = true, iterable = true, dict = true, temporary = true }

function TestMisuse:test_a_dead_handle_says_so()
  each_word(function(word)
    if not word.target then return end
    for i, param in ipairs(word.params) do
      if HEAP_KINDS[param.kind] then
        local args = fill(word, math.max(i, #word.args))
        args[i] = "dead"
        local kind = param.kind == "dict" and "dict" or "list"
        must_fail(word, args, { "dead object: " .. kind .. " #" }, ("local dead = %s{} drop(dead)"):format(kind))
      end
    end
  end)
end

function TestMisuse:test_a_dead_receiver_says_so()
  each_word(function(word)
    local letter = word.receiver and word.target and word.target:match "^(%a):"
    if not letter then return end
    on_a_heap(word, word.name, function(py)
      lu.assertStrContains(lab.fails(py, ("%s local self = %s %s = nil %s = self %s"):format(
        word.given, letter, letter, "local " .. letter, word.call)), "dead object: ")
    end)
  end)
end

function TestMisuse:test_a_handle_of_another_heap_is_refused()
  each_word(function(word)
    if not word.target then return end
    for i, param in ipairs(word.params) do
      if HEAP_KINDS[param.kind] or param.kind == "handle" then
        local args = fill(word, math.max(i, #word.args))
        args[i] = "foreign"
        must_fail(word, args, { "another heap" }, ("local other = heap.new{} local foreign = other.%s{}"):format(
          param.kind == "dict" and "dict" or "list"))
      end
    end
  end)
end

-- What is written without a call, as `l[0] = 4`: for each letter and digit of it, what sort
-- of operand that is, and a function that gives the use with something else in its place.
local function each_operand(f)
  each_word(function(word)
    if word.target or not (word.receiver or word.group == "operators") then return end
    for at, operand in word.call:gmatch "()%f[%w_](%w)%f[^%w_]" do
      local before, after = word.call:sub(1, at - 1), word.call:sub(at + 1)
      local kind = word.receiver and operand:find "%a" and "self" or before:find "%[$" and "integer" or "value"
      f(word, kind, function(other) return before .. other .. after end)
    end
  end)
end

function TestMisuse:test_an_operand_of_a_wrong_type_is_refused()
  each_operand(function(word, kind, with)
    if word.name == "==" then return end        -- there Lua does not ask
    for _, wrong in ipairs(WRONG[kind] or {}) do
      use_must_fail(word, with(wrong), { "TypeError", "AttributeError" })       -- l["x"] is l.x
    end
  end)
end

function TestMisuse:test_a_dead_operand_says_so()
  each_operand(function(word, kind, with)
    if kind == "integer" then return end
    use_must_fail(word, with "dead", { "dead object: list #" }, "local dead = list{} drop(dead)")
  end)
end

function TestMisuse:test_an_operand_of_another_heap_is_refused()
  each_operand(function(word, kind, with)
    if kind ~= "value" then return end
    use_must_fail(word, with "foreign", { "another heap" }, "local foreign = heap.new{}.list{}")
  end)
end

-- ------------------------------------------------------------- failing allocations --

TestMemory = {}

-- Fail the first allocation of the call, then the second, and so on, until it gets
-- through.  Each time it is a MemoryError and nothing is lost.
function TestMemory:test_every_call_survives_each_failing_allocation()
  each_word(function(word)
    local n, through = 1, false
    while not through do
      lu.assertTrue(n < 200, word.name)
      on_a_heap(word, ("%s, allocation %d"):format(word.name, n), function(py)
        local inside = refchain.inside(py).lab
        local function arm() inside:fail_allocation(n) end
        local done, problem = pcall(lab.run, py, ("local arm = ...\n%s arm()\n%s"):format(word.given, word.call), arm)
        through = not inside:allocation_failed()
        inside:fail_allocation(0)
        if not done and not tostring(problem):find("MemoryError", 1, true) then error(problem, 0) end
      end)
      n = n + 1
    end
  end)
end

lab.finish()
