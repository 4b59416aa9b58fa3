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
local environment = require "refchain.environment"
local lua_words = require "refchain.lua_words"
local story = require "refchain.story"

local find, format, match, sub = string.find, string.format, string.match, string.sub

local expect = {}

local function plural(count, singular, many)
  return format("%d %s", count, count == 1 and singular or many or singular .. "s")
end

local DEEPEST = 10000           -- of nested Lua tables
local CONVERTIBLE = { number = true, string = true, boolean = true, userdata = true }

-- The first place at which two values differ: nil when they are equal, else the two
-- values there, x and y, and as a sequence the keys that lead to them, the last first.
-- Tables in tables may be cyclic.
local function comparison(lab, eq, ordered_pairs, has_order)
  local differ

  -- object[key]; a heap object is found by any of its handles.
  local function at(object, key)
    if object[key] ~= nil or not core.is_handle(key) then return object[key] end
    for other, value in next, object do
      if core.is_handle(other) and environment.same_object(other, key) then return value end
    end
    return nil
  end

  local function walk(object)
    if has_order(object) then return ordered_pairs(object) end
    return next, object
  end

  -- Where keys have no order, which difference comes first is not said.
  local function found(place, key, a, b)
    if not (has_order(a) and has_order(b)) then return { x = a, y = b } end
    place[#place + 1] = key
    return place
  end

  local function differ_tables(a, b, seen, depth)
    if seen[a] == b then return nil end
    seen[a] = b
    if depth > DEEPEST then
      lab:raise("RecursionError", format("the tables are nested more than %d deep", DEEPEST), "expect_eq")
    end
    for key, value in walk(a) do
      local place = differ(value, at(b, key), seen, depth + 1)
      if place then return found(place, key, a, b) end
    end
    for key, value in walk(b) do
      if at(a, key) == nil then return found({ y = value }, key, a, b) end
    end
    return nil
  end

  function differ(a, b, seen, depth)
    if core.is_handle(a) or core.is_handle(b) then
      if CONVERTIBLE[type(a)] and CONVERTIBLE[type(b)] and eq(a, b) then return nil end
    elseif a == b then
      return nil
    elseif type(a) == "table" and type(b) == "table" then
      return differ_tables(a, b, seen, depth)
    end
    return { x = a, y = b }
  end

  return function(a, b) return differ(a, b, {}, 1) end
end

-- "at [2].x: ", or nothing for the values themselves.
local function path_text(place, brief)
  local text = ""
  for i = #place, 1, -1 do
    local key = place[i]
    text = text .. (type(key) == "string" and "." .. key or "[" .. brief(key) .. "]")
  end
  return text == "" and "" or "at " .. text .. ": "
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

-- What LuaUnit's `==` gets wrong of heap objects is decided before.  Each function takes
-- an assertion's arguments and returns those that LuaUnit is given.
local function preparations(luaunit, differ, title)
  local function by_value(a, b, ...)
    if differ(a, b) then return a, b, ... end
    return b, b, ...
  end

  local function named(handle)
    return format("%s (id 0x%x)", title(handle), core.handle_info(handle).id)
  end

  local function by_identity(a, b, ...)
    if not (core.is_handle(a) and core.is_handle(b)) then return a, b, ... end
    if environment.same_object(a, b) then return b, b, ... end
    return named(a), named(b), ...
  end

  return {
    [luaunit.assertEquals] = by_value, [luaunit.assertNotEquals] = by_value,
    [luaunit.assertIs] = by_identity, [luaunit.assertNotIs] = by_identity,
  }
end

-- One of LuaUnit's functions as a word: its failures and skips become the lab's.
local function adapted(words, lab, luaunit, assertion, prepare, note)
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
    if prepare and select("#", ...) >= 2 then return finish(words.pcall(assertion, prepare(...))) end
    return finish(words.pcall(assertion, ...))
  end
end

-- LuaUnit is loaded when the first of its names is read: until then it costs nothing.
local function offer_luaunit(words, lab, differ, title, note)
  local luaunit
  local safe = { pcall = words.pcall }

  local function load_once()
    luaunit = load_luaunit(words)
    if not luaunit then return end
    local prepared = preparations(luaunit, differ, title)
    for name, value in next, luaunit do
      if type(name) == "string" and type(value) == "function" and is_assertion(name) then
        local prepare = prepared[value] and lua_words.in_the_name_of(name, safe.pcall, prepared[value])
        words[name] = adapted(safe, lab, luaunit, value, prepare, note)
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
  local differ = comparison(lab, eq, words.pairs, printer.has_order)

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
    local named = lua_words.in_the_name_of(name, pcall_words, f)
    words[name] = lua_words.checked(lab, name, function(...)
      lab:let_go()
      note()
      return named(...)
    end)
  end

  add("expect", function(condition, text)
    local good = condition
    if core.is_handle(condition) then good = truth(condition) end
    if not good then fail("expect", text and "expected: " .. text or "expected a true value, found "
                          .. brief(condition)) end
  end)

  local function is_none(value)
    return core.is_handle(value) and core.handle_info(value).type == "NoneType"
  end

  -- Why a heap object and a Lua value that look alike are not equal.
  local function why_unequal(x, y)
    if core.is_handle(x) == core.is_handle(y) then return "" end
    if type(x) == "table" or type(y) == "table" then
      return "; a heap object never equals a Lua table: write list{…}, dict{…}"
    elseif x == nil and is_none(y) or y == nil and is_none(x) then
      return "; nil is no Python object: write None"
    end
    return ""
  end

  add("expect_eq", function(a, b)
    local place = differ(a, b)
    if not place then return end
    local x, y = place.x, place.y
    fail("expect_eq", format("%sexpected %s, found %s%s", path_text(place, brief), brief(y), brief(x),
                             why_unequal(x, y)), x, y)
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

  offer_luaunit(words, lab, differ, title, note)
end

return expect
