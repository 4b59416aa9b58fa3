-- The expect_… words, and LuaUnit's assertions under their own names.
--
-- Each expectation first lets go of temporaries.  A failing one raises
--
--     cycle.lua:9: AssertionError: expected 2 references to list #1, found 1 (in expect_refcnt)
--       list #1 is [11, 22]
--       held by name v1
--
-- Nothing is kept from one expectation to the next.

local core = require "refchain.core"
local story = require "refchain.story"
local vocabulary = require "refchain.words"

local find, format, match, sub = string.find, string.format, string.match, string.sub

local expect = {}

local function plural(count, singular, many)
  return format("%d %s", count, count == 1 and singular or many or singular .. "s")
end

-- The first place at which two values differ: nil when they are equal, else the path
-- to it and the two values there.  Tables in tables may be cyclic.
local function comparison(eq, ordered_pairs, brief)
  local differ

  -- object[key]; a heap object is found by any of its handles.
  local function at(object, key)
    if object[key] ~= nil or not core.is_handle(key) then return object[key] end
    for other, value in next, object do
      if core.is_handle(other) and core.key(other) == core.key(key) then return value end
    end
    return nil
  end

  local function step(path, key)
    return path .. (type(key) == "string" and "." .. key or "[" .. brief(key) .. "]")
  end

  local function differ_tables(a, b, path, seen)
    if seen[a] == b then return nil end
    seen[a] = b
    for key, value in ordered_pairs(a) do
      local where, x, y = differ(value, at(b, key), step(path, key), seen)
      if where then return where, x, y end
    end
    for key, value in ordered_pairs(b) do
      if at(a, key) == nil then return step(path, key), nil, value end
    end
    return nil
  end

  local CONVERTIBLE = { number = true, string = true, boolean = true, userdata = true }

  function differ(a, b, path, seen)
    if core.is_handle(a) or core.is_handle(b) then
      if CONVERTIBLE[type(a)] and CONVERTIBLE[type(b)] and eq(a, b) then return nil end
    elseif a == b then
      return nil
    elseif type(a) == "table" and type(b) == "table" then
      return differ_tables(a, b, path, seen)
    end
    return path, a, b
  end

  return function(a, b) return differ(a, b, "", {}) end
end

-- ------------------------------------------------------------------------ LuaUnit --

-- LuaUnit sees a Lua of its own: addresses do not show in its messages, and what it
-- changes (os.exit, math.randomseed) stays its own.
local function luaunit_globals(words)
  local own = { os = {}, math = {}, io = io, require = function() end, pcall = words.pcall, xpcall = words.xpcall }
  for _, name in ipairs { "pairs", "next", "tostring", "print", "string" } do own[name] = words[name] end
  for name, value in next, math do own.math[name] = value end
  own.math.randomseed = function() end
  own.os = { clock = os.clock, date = os.date, time = os.time, exit = os.exit, getenv = function() end }
  own._G = own
  return setmetatable(own, { __index = _G })
end

local function load_luaunit(words)
  for _, searcher in ipairs(package.searchers) do
    local loader, place = searcher("luaunit")
    if type(loader) == "function" then
      if debug.getupvalue(loader, 1) == "_ENV" then debug.setupvalue(loader, 1, luaunit_globals(words)) end
      return loader("luaunit", place)
    end
  end
  return nil
end

local function is_assertion(name)
  return find(name, "^assert[%u_]") or find(name, "^fail%f[%u_\0]") or find(name, "^skip%f[%u\0]")
end

-- One of LuaUnit's functions as a word: its failures and skips become the lab's.
local function adapted(words, lab, luaunit, assertion, note)
  local function finish(done, message, ...)
    if done then return message, ... end
    if type(message) ~= "string" then error(message, 0) end
    local _, failed = find(message, luaunit.FAILURE_PREFIX, 1, true)
    if failed then error(lab:where() .. ": AssertionError: " .. sub(message, failed + 1), 0) end
    local _, skipped = find(message, luaunit.SKIP_PREFIX, 1, true)
    if skipped then story.skip(lab, sub(message, skipped + 1)) end
    error(message, 0)
  end

  return function(...)
    note()
    return finish(words.pcall(assertion, ...))
  end
end

-- LuaUnit is loaded when the first of its names is read: until then it costs nothing.
local function offer_luaunit(words, lab, note)
  local luaunit
  local safe = { pcall = words.pcall }

  local function load_once()
    luaunit = load_luaunit(words)
    if not luaunit then return end
    for name, value in next, luaunit do
      if type(name) == "string" and type(value) == "function" and is_assertion(name) then
        words[name] = adapted(safe, lab, luaunit, value, note)
      end
    end
  end

  setmetatable(words, {
    __index = function(_, name)
      if luaunit or type(name) ~= "string" or not is_assertion(name) then return nil end
      load_once()
      if luaunit then return rawget(words, name) end
      return function()
        lab:raise("RuntimeError", "LuaUnit is not installed (Debian: apt install lua-unit): use expect_eq and its kin",
                  name)
      end
    end,
  })
end

-- ------------------------------------------------------------------ the expectations --

-- Add them all to `words`; `printer` is from pretty.new.
function expect.fill(words, lab, options, printer)
  local eq, is, refcnt, truth, pcall_words = words.eq, words.is, words.refcnt, words.truth, words.pcall
  local collect, get_count, live = words.gc.collect, words.gc.get_count, words.heap.live
  local to_string, id, alive = words.tostring, words.id, words.alive
  local brief, title = printer.brief, printer.title
  local differ = comparison(eq, words.pairs, brief)

  local function note()
    if options.story then options.story("expect") end
  end

  local function about(object)
    if not core.is_handle(object) then return "" end
    local name, text = title(object), brief(object)
    if not core.handle_info(object).alive then return "\n  it is " .. text end
    return (name == text and "" or "\n  " .. name .. " is " .. text) .. "\n  " .. printer.holders(object)
  end

  local function fail(word, message, ...)
    local text = format("%s: AssertionError: %s (in %s)", lab:where(), message, word)
    for i = 1, select("#", ...) do text = text .. about((select(i, ...))) end
    error(text, 0)
  end

  local function add(name, f)
    words[name] = vocabulary.checked(lab, core, name, function(...)
      lab:let_go()
      note()
      return f(...)
    end)
  end

  add("expect", function(condition, text)
    local good = condition
    if core.is_handle(condition) then good = truth(condition) end
    if not good then fail("expect", text and "expected: " .. text or "expected a true value, found "
                          .. brief(condition)) end
  end)

  add("expect_eq", function(a, b)
    local path, x, y = differ(a, b)
    if not path then return end
    local place = path == "" and "" or "at " .. path .. ": "
    local hint = ""
    if core.is_handle(x) ~= core.is_handle(y) and (type(x) == "table" or type(y) == "table") then
      hint = "; a heap object never equals a Lua table: write list{…}, dict{…}"
    end
    fail("expect_eq", format("%sexpected %s, found %s%s", place, brief(y), brief(x), hint), x, y)
  end)

  add("expect_refcnt", function(x, count)
    local found = refcnt(x)
    if found ~= count then
      fail("expect_refcnt", format("expected %s to %s, found %d", plural(count, "reference"), title(x), found), x)
    end
  end)

  add("expect_same", function(a, b)
    if is(a, b) then return end
    fail("expect_same", format("expected one object, found %s (id 0x%x) and %s (id 0x%x)", title(a), id(a),
                               title(b), id(b)), a, b)
  end)

  add("expect_distinct", function(a, b)
    if is(a, b) then
      fail("expect_distinct", format("expected two objects, found %s twice (id 0x%x)", title(a), id(a)), a)
    end
  end)

  add("expect_alive", function(x)
    if alive(x) then return end
    local how = match(core.handle_info(x).death or "", ", (.*)")
    fail("expect_alive", format("expected %s to be alive%s", match(title(x), "^dead (.*)"),
                                how and "; it was " .. how or ""))
  end)

  add("expect_dead", function(x)
    if alive(x) then fail("expect_dead", format("expected %s to be dead, found it alive", title(x)), x) end
  end)

  add("expect_collect", function(count, generation)
    local found
    if generation == nil then found = collect() else found = collect(generation) end
    if found ~= count then
      fail("expect_collect", format("expected the collection to find %s, found %d",
                                    plural(count, "unreachable object"), found))
    end
  end)

  add("expect_count", function(...)
    local wanted, found = { ... }, { get_count() }
    if found[1] ~= wanted[1] or found[2] ~= wanted[2] or found[3] ~= wanted[3] then
      fail("expect_count", format("expected the counters (%d, %d, %d), found (%d, %d, %d)", wanted[1], wanted[2],
                                  wanted[3], found[1], found[2], found[3]))
    end
  end)

  -- A type may be given by the word that makes it.
  local function type_name(given)
    for name, word in next, words do
      if word == given then return name end
    end
    return to_string(given)
  end

  add("expect_live", function(kind, count)
    local found = live(kind)
    if found ~= count then
      fail("expect_live", format("expected %s of type %s, found %d", plural(count, "live object"), type_name(kind),
                                 found))
    end
  end)

  add("expect_error", function(text, f)
    local done, problem = pcall_words(f)
    if done then fail("expect_error", format("expected an error with %s, found none", brief(text))) end
    if story.skip_reason(problem) then error(problem, 0) end
    local message = to_string(problem)
    if find(message, text, 1, true) then return problem end
    local valid, matched = pcall(match, message, text)
    if valid and matched then return problem end
    fail("expect_error", format("expected an error with %s, found %s", brief(text), message))
  end)

  offer_luaunit(words, lab, note)
end

return expect
