-- The journal of a run: what a scenario observed of its heap, for comparing runs on
-- several profiles.
--
-- A record is made when
--
--   a word that looks (refcnt, id, gc.collect, sys.getsizeof, heap.freelist …) returns:
--     its arguments, as they were when it was called, and its results;
--   an expect_… or assert… word returns: its arguments, and "holds" or "fails: …".  A
--     failing one does not end the run: it is recorded, and the run goes on;
--   print or show writes: the text;
--   a collection has run, automatic or in another word than those that collect: its
--     generation, what it found, and after how many objects were made;
--   a finalizer has been called, a weak reference cleared: the type, and which one.
--
-- A record has a place (FILE:LINE of the scenario; "" at its end), the word, its arguments and its
-- results as texts, and a number: the birth of the object that a finalizer or a
-- weak reference's clearing concerns, so that a reader can tell one from another.
--
-- The texts are made so that they differ only where the heap's behaviour does.  An
-- address is shown as the place that first showed it, so that nothing but reuse is seen;
-- the numbers of objects in titles ("list #12") are left out.  Nothing here changes
-- what the scenario sees: no count, no letting go, no numbers for addresses.

local core = require "refchain.core"
local vocabulary = require "refchain.words"

local concat, pack = table.concat, table.pack
local find, format, gmatch, gsub, match, sub = string.find, string.format, string.gmatch, string.gsub,
  string.match, string.sub
local math_type, raw_tostring = math.type, tostring

local journal = {}

local LONGEST = 1000            -- bytes of a text
local ENTRIES = 20              -- of a Lua table; of a container that is shown with its items
local DEPTH = 3                 -- of nested Lua tables

local GROUPS = { look = true, gc = true, sys = true, heap = true, expect = true }

-- Words in these groups that give no observation: those that walk or describe memory
-- (what they show is told by other words), and those that take functions.
local UNWATCHED = {
  layout = true, drop = true, ["heap.refchain"] = true, ["heap.snapshot"] = true, ["heap.on"] = true,
  ["heap.new"] = true, ["heap.check"] = true, ["heap.dot"] = true, ["heap.svg"] = true,
}
local COLLECTING = { ["gc.collect"] = true, ["expect_collect"] = true }

local TYPES = {}
for name in gmatch("NoneType bool int float str list tuple dict set frozenset object weakref", "%a+") do
  TYPES[name] = true
end

local SIZED = { str = true, list = true, tuple = true, dict = true, set = true, frozenset = true }

local function length(handle) return #handle end

local function cut(text)
  if #text <= LONGEST then return text end
  local last = utf8.offset(text, 0, LONGEST + 1) or LONGEST + 1
  return sub(text, 1, last - 1) .. " …"
end

-- Texts for values.  `place` is called for where a first showing of an address is.
local function texts(printer, ordered_pairs, place)
  local first_shown, shown_at = {}, {}
  local plain = {}

  local function note(address)
    local at = place()
    if at == "" then at = "the end" end
    shown_at[at] = (shown_at[at] or 0) + 1
    first_shown[address] = shown_at[at] == 1 and at or format("%s (%d)", at, shown_at[at])
  end

  -- What stands for an address, and whether it has been shown before.
  function plain.address(address)
    local known = first_shown[address] ~= nil
    if not known then note(address) end
    return "the id shown at " .. first_shown[address], known
  end

  function plain.text(text)
    text = gsub(text, "0x(%x+)", function(digits)
      local address = tonumber(digits, 16)
      return first_shown[address] and "<" .. plain.address(address) .. ">" or "0x…"
    end)
    text = gsub(text, "%f[%w]%d+%f[^%w]", function(digits)
      local address = #digits >= 14 and tonumber(digits)
      return address and first_shown[address] and "<" .. plain.address(address) .. ">" or nil
    end)
    text = gsub(text, "(%f[%w_][%a_][%w_]*) #%d+", function(name)
      return (TYPES[name] or find(name, "^%u")) and name or nil
    end)
    return cut(text)
  end

  -- A large container is shown by its size: to print it for each record takes long.
  local function object_text(handle)
    local info = core.handle_info(handle)
    if SIZED[info.type] and info.alive then
      local done, size = pcall(length, handle)
      if done and size > (info.type == "str" and LONGEST or ENTRIES) then
        return format("a %s of %d", info.type, size)
      end
    end
    return plain.text(printer.brief(handle))
  end

  local value_text

  local function key_text(key, depth)
    if type(key) == "string" and find(key, "^[%a_][%w_]*$") then return key end
    return "[" .. value_text(key, depth) .. "]"
  end

  local function table_text(object, depth)
    if debug.getmetatable(object) or depth >= DEPTH or not printer.has_order(object) then return "{…}" end
    local parts, following, more = {}, 1, 0
    for key, value in ordered_pairs(object) do
      if #parts >= ENTRIES then
        more = more + 1
      elseif key == following then
        parts[#parts + 1], following = value_text(value, depth + 1), following + 1
      else
        parts[#parts + 1] = key_text(key, depth + 1) .. " = " .. value_text(value, depth + 1)
      end
    end
    if more > 0 then parts[#parts + 1] = format("… %d more", more) end
    return "{" .. concat(parts, ", ") .. "}"
  end

  function value_text(value, depth)
    local kind = type(value)
    if core.is_handle(value) then return object_text(value) end
    if kind == "string" then return plain.text(printer.brief(value)) end
    if kind == "table" then return table_text(value, depth) end
    if math_type(value) == "integer" and first_shown[value] then return (plain.address(value)) end
    if kind == "number" or kind == "boolean" or kind == "nil" then return raw_tostring(value) end
    return kind
  end

  -- All of `values` (packed), separated by commas.
  function plain.values(values)
    local parts = {}
    for i = 1, values.n do parts[i] = value_text(values[i], 0) end
    return cut(concat(parts, ", "))
  end
  return plain
end

-- The table in which a word stands, and its name there: words.gc, "collect".
local function home(words, name)
  local group, last = match(name, "^([%a_]+)%.([%a_]+)$")
  if group then return words[group], last end
  return words, name
end

-- Watch all that `words` observe, which must be complete.  `add` receives each record as
-- (place, word, arguments, results, birth).  Returns functions that write (in the place
-- of the one given) and that make a text plain.
function journal.fill(words, lab, add, printer, write)
  local pcall_words, on, stats = words.pcall, words.heap.on, words.heap.stats
  local collecting = 0

  -- At the end of a test, when names are released, no line of the scenario runs.
  local function place()
    local at = lab:where()
    return at == "?" and "" or at
  end
  local plain = texts(printer, words.pairs, place)

  -- The result of id(x) says where the memory comes from, too.
  local function id_text(handle, address)
    local text, known = plain.address(address)
    local origin = (core.handle_info(handle) or {}).origin
    return (known and text or "an id not shown before") .. (origin and ", from: " .. origin or "")
  end

  local function watch_look(name, f)
    local collects = COLLECTING[name] and 1 or 0

    local function settle(given, handle, done, ...)
      collecting = collecting - collects
      if not done then error((...), 0) end
      add(place(), name, given, name == "id" and id_text(handle, ...) or plain.values(pack(...)), 0)
      return ...
    end

    return function(...)
      local given = plain.values(pack(...))
      collecting = collecting + collects
      return settle(given, (...), pcall_words(f, ...))
    end
  end

  local function watch_expectation(name, f)
    local collects = COLLECTING[name] and 1 or 0

    local function settle(given, done, problem, ...)
      collecting = collecting - collects
      if done then
        add(place(), name, given, problem == nil and "holds" or "holds: " .. plain.values(pack(problem)), 0)
        return problem, ...
      end
      local failed = type(problem) == "string" and match(problem, "^[^\n]-:%d+: AssertionError: ([^\n]*)")
      if not failed then error(problem, 0) end
      add(place(), name, given, "fails: " .. plain.text((gsub(failed, " %(in [%w_]+%)$", ""))), 0)
    end

    return function(...)
      local given = plain.values(pack(...))
      collecting = collecting + collects
      return settle(given, pcall_words(f, ...))
    end
  end

  local function watch(name, watcher)
    local owner, key = home(words, name)
    local f = owner and rawget(owner, key)
    if type(f) == "function" then rawset(owner, key, watcher(name, f)) end
  end

  for _, word in ipairs(vocabulary) do
    if GROUPS[word.group] and not UNWATCHED[word.name] and word.target and not find(word.name, ":", 1, true) then
      watch(word.name, word.group == "expect" and watch_expectation or watch_look)
    end
  end

  -- LuaUnit's assertions come when the first is asked for, all at once.
  local offer = debug.getmetatable(words)
  local load_assertion, loaded = offer and offer.__index, false
  if load_assertion then
    offer.__index = function(_, name)
      local found = load_assertion(words, name)
      if rawget(words, name) == nil or loaded then return found end
      loaded = true
      for key in next, words do
        if type(key) == "string" and (find(key, "^assert%u") or find(key, "^assert_")) then
          watch(key, watch_expectation)
        end
      end
      return rawget(words, name)
    end
  end

  on("collection_finished", function(event)
    if collecting > 0 then return end
    add(place(), "collection", "", format("generation %d, found %d%s, after %d objects made", event.generation,
        event.collected, event.uncollectable > 0 and " and " .. event.uncollectable .. " uncollectable" or "",
        stats().births), 0)
  end)
  on("finalizer_called", function(event) add(place(), "finalizer", "", event.type, event.birth) end)
  on("weakref_cleared", function(event) add(place(), "weak reference cleared", "", event.type, event.birth) end)

  return function(text)
    add(place(), "output", "", plain.text((gsub(text, "\n$", ""))), 0)
    write(text)
  end, plain.text
end

return journal
