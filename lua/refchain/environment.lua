-- The Lua that a scenario sees: the safe part of the standard library, made
-- deterministic.  `environment.fill` puts it into the table of words that stands
-- behind the scenario's names; `environment.seal` is for a Lua state that belongs
-- to one scenario alone.
--
-- Nothing here calls a method of a string: the metatable of strings may be the
-- scenario's to change.

local core = require "refchain.core"
local shortcuts = require "refchain.shortcuts"

local debug_getmetatable, debug_setmetatable, traceback = debug.getmetatable, debug.setmetatable, debug.traceback
local raw_getmetatable, raw_setmetatable = getmetatable, setmetatable
local raw_next, raw_load, raw_tostring, raw_pcall = next, load, tostring, pcall
local concat, pack, unpack, raw_sort = table.concat, table.pack, table.unpack, table.sort
local find, gsub, sub, raw_format = string.find, string.gsub, string.sub, string.format
local math_type, tointeger = math.type, math.tointeger

local environment = {}

local HERE = debug.getinfo(1, "S").short_src .. ":"     -- how an error of this file begins

-- What a scenario gets of each library as it stands.
local BASE = {
  "assert", "error", "ipairs", "rawequal", "rawlen", "select", "tonumber", "type", "_VERSION",
}
local OS = { "time", "clock", "date" }
local COROUTINE = {
  "close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield",
}
-- What --trusted gives back.
local TRUSTED = { "io", "os", "require", "package", "debug", "collectgarbage" }

local function copy(from, into)
  for key, value in raw_next, from do
    if into[key] == nil then into[key] = value end
  end
  return into
end

-- ----------------------------------------------------------- numbers for addresses --

-- The lab that a handle belongs to, which every function of its metatable is bound to.
local function lab_of(handle)
  local _, bound = debug.getupvalue(debug_getmetatable(handle).__eq, 1)
  return debug.getuservalue(bound, 1)
end

-- What the environments of one scenario share: the numbers that stand for
-- addresses, the order of its heaps, which tables are environments, and whether chunks are
-- to be loaded as they are written.  Numbers are given at the first showing and never again,
-- so Lua's collector has no say in them.  With each environment goes what stands for it in
-- chunks that do not see it, and their shortcuts.
function environment.shared(trusted)
  local numbers, last = raw_setmetatable({}, { __mode = "k" }), 0
  local heaps, last_heap = raw_setmetatable({}, { __mode = "k" }), 0
  local shared = { environments = raw_setmetatable({}, { __mode = "k" }),
                   trusted = trusted, as_written = false }

  function shared.add_heap(lab, words)
    last_heap = last_heap + 1
    heaps[lab] = { number = last_heap, pcall = words.pcall, value = words.value }
  end

  -- Heaps of other scenarios come last.
  function shared.heap_of(handle)
    local heap = heaps[lab_of(handle)]
    return heap and heap.number or last_heap + 1
  end

  -- The Lua string that a str holds, as Python prints it; nil of what is none.  A class
  -- may be called "str" too: its instances have no value.
  function shared.text(handle)
    local info, heap = core.handle_info(handle), nil
    if info and info.type == "str" and info.alive then heap = heaps[lab_of(handle)] end
    if not heap then return nil end
    local done, text = heap.pcall(heap.value, handle)
    return done and text or nil
  end

  -- The number that a value has already.
  function shared.known(value)
    return numbers[value]
  end

  function shared.number(value)
    local number = numbers[value]
    if not number then
      last = last + 1
      number, numbers[value] = last, last
    end
    return number
  end
  return shared
end

local function tostring_with(shared, raise)
  return function(value)
    local kind = type(value)
    if kind == "string" then return value end
    if kind == "number" or kind == "boolean" or kind == "nil" then return raw_tostring(value) end

    local str_text = kind == "userdata" and shared.text(value)
    if str_text then return str_text end
    local metatable = debug_getmetatable(value)
    local method = metatable and rawget(metatable, "__tostring")
    if method then
      local text = method(value)
      if type(text) ~= "string" then raise "'__tostring' must return a string" end
      return text
    end
    local name = metatable and rawget(metatable, "__name")
    return (type(name) == "string" and name or kind) .. " #" .. shared.number(value)
  end
end

-- string.format whose %s knows no addresses; %p is refused.
local function format_with(to_string, raise)
  return function(format, ...)
    local values, position = pack(...), 0
    if type(format) == "string" then
      gsub(format, "%%[-+ #0]*%d*%.?%d*(.)", function(conversion)
        if conversion == "%" then return end
        position = position + 1
        if conversion == "p" then
          raise "'%p' would show an address, which differs from run to run; use %s or id(x)"
        elseif conversion == "s" and position <= values.n then
          values[position] = to_string(values[position])
        end
      end)
    end
    local done, text = raw_pcall(raw_format, format, unpack(values, 1, values.n))
    if not done then raise(text) end
    return text
  end
end

-- ------------------------------------------------------------------ order of keys --

local RANK = { number = 1, string = 2, boolean = 3, userdata = 5 }

local function rank(key)
  local place = RANK[type(key)] or 6
  return place == 5 and core.is_handle(key) and 4 or place
end

-- Whether two handles are of one object, a dead one too: metatables are a lab's own.
function environment.same_object(a, b)
  return debug_getmetatable(a) == debug_getmetatable(b) and core.key(a) == core.key(b)
end

-- A key without a number comes after those that have one; no_order sees to it that
-- there is no second.
local function before_with(shared)
  local function number(key)
    return shared.known(key) or math.huge
  end

  return function(a, b)
    local place, other = rank(a), rank(b)
    if place ~= other then return place < other end
    if place <= 2 then return a < b end
    if place == 3 then return not a and b end
    if place == 4 then
      local heap, other_heap = shared.heap_of(a), shared.heap_of(b)
      if heap ~= other_heap then return heap < other_heap end
      return core.key(a) < core.key(b)
    end
    return number(a) < number(b)
  end
end

local NO_ORDER = "these keys have no order that is the same on every run; use numbers, strings or heap objects as"
  .. " keys, or give each a number with tostring first"
local TWICE = "these keys have no order: two of them are handles of one object, which make two keys"

-- Why the keys have no order that is the same on every run; nil if they have one.
-- All are looked at, so that the answer does not hang on their order.
local function no_order(shared, next_key, object)
  local unnumbered, twice, seen = {}, false, {}
  for key in next_key, object do
    local place = rank(key)
    if place == 4 then
      local identity = shared.heap_of(key) .. ":" .. core.key(key)
      twice = twice or seen[identity]
      seen[identity] = true
    elseif place > 4 and not shared.known(key) then
      unnumbered[place] = (unnumbered[place] or 0) + 1
    end
  end
  if (unnumbered[5] or 0) > 1 or (unnumbered[6] or 0) > 1 then return NO_ORDER end
  return twice and TWICE or nil
end

-- pairs and next in order of key, and whether a table has one.  Both walk a list of keys made at the start, in
-- which a key that has lost its value is passed over.  The list is weak where it
-- holds more than plain values: it must not keep a heap object's handle, and what
-- it loses had no value any more.
local function traversal(shared, raise)
  local before = before_with(shared)
  local weak = { __mode = "v" }
  local cursors = raw_setmetatable({}, { __mode = "k" })

  local function all_keys(object)
    if shared.environments[object] then return debug_getmetatable(object).__pairs(object) end
    return raw_next, object
  end

  local function check_order(object)
    local problem = no_order(shared, all_keys(object))
    if problem then raise(problem) end
  end

  local function sorted_keys(object)
    local keys, count, sorted, plain, last = {}, 0, true, true, nil
    for key in all_keys(object) do
      if sorted and (math_type(key) ~= "integer" or last and key < last) then sorted = false end
      if not sorted and rank(key) > 3 then plain = false end
      count, last = count + 1, key
      keys[count] = key
    end
    if not plain then check_order(object) end
    if not sorted then raw_sort(keys, before) end
    if not plain then raw_setmetatable(keys, weak) end
    return { keys = keys, count = count, at = 0 }
  end

  local function value_at(object, key)
    if shared.environments[object] then return object[key] end
    return rawget(object, key)
  end

  local function advance(object, cursor)
    while cursor.at < cursor.count do
      cursor.at = cursor.at + 1
      local key = cursor.keys[cursor.at]
      local value = nil
      if key ~= nil then value = value_at(object, key) end
      if value ~= nil then return key, value end
    end
    return nil
  end

  local function check_table(op, object)
    if type(object) == "table" then return end
    local info = core.handle_info(object)
    local hint = info and "; walk a heap object with iter(x), a dict with keys(d) or items(d)" or ""
    raise(raw_format("bad argument #1 to '%s' (table expected, got %s%s)", op,
                     info and info.type or type(object), hint))
  end

  local function ordered_pairs(object)
    local metatable = debug_getmetatable(object)
    local method = metatable and rawget(metatable, "__pairs")
    if method then
      local step, state, first = method(object)
      return step, state, first
    end
    check_table("pairs", object)
    local cursor = sorted_keys(object)
    return function() return advance(object, cursor) end, object, nil
  end

  local function first_pair(object)
    local least, plain = nil, true
    for key in all_keys(object) do
      if rank(key) > 3 then plain = false end
      if least == nil or before(key, least) then least = key end
    end
    if not plain then check_order(object) end
    if least ~= nil then return least, value_at(object, least) end
    return nil
  end

  -- A walk by next(t, k) goes on where the last call left it; any other key is
  -- looked for in a new list.
  local function ordered_next(object, key)
    check_table("next", object)
    if key == nil then return first_pair(object) end
    local cursor = cursors[object]
    if not (cursor and rawequal(cursor.keys[cursor.at], key)) then
      cursor = sorted_keys(object)
      while cursor.at < cursor.count do
        local candidate = cursor.keys[cursor.at + 1]
        if candidate ~= nil and before(key, candidate) then break end
        cursor.at = cursor.at + 1
      end
    end
    local following, value = advance(object, cursor)
    cursors[object] = following ~= nil and cursor or nil
    return following, value
  end

  local function has_order(object)
    local metatable = debug_getmetatable(object)
    if metatable and rawget(metatable, "__pairs") then return true end
    return no_order(shared, all_keys(object)) == nil
  end

  return ordered_pairs, ordered_next, has_order
end

-- ---------------------------------------------------------------- random, sorting --

-- Lua 5.4's generator (xoshiro256**), with a state of its own: the host's is not
-- touched, and the same seed gives the numbers that Lua gives.
local function random_numbers(seed, raise)
  local s0, s1, s2, s3

  local function rotate(x, n) return x << n | x >> (64 - n) end

  local function draw()
    local result = rotate(s1 * 5, 7) * 9
    local shifted = s1 << 17
    s2, s3 = s2 ~ s0, s3 ~ s1
    s1, s0 = s1 ~ s2, s0 ~ s3
    s2, s3 = s2 ~ shifted, rotate(s3, 45)
    return result
  end

  local function start(low, high)
    s0, s1, s2, s3 = low, 0xff, high, 0
    for _ = 1, 16 do draw() end
  end

  -- A number from 0 to `limit` (unsigned), each as likely as the others.
  local function project(number, limit)
    if limit & (limit + 1) == 0 then return number & limit end
    local mask = limit
    for _, shift in ipairs { 1, 2, 4, 8, 16, 32 } do mask = mask | mask >> shift end
    number = number & mask
    while math.ult(limit, number) do number = draw() & mask end
    return number
  end

  local function integer(op, position, value)
    local number = tointeger(value)
    if number == nil then
      raise(raw_format("bad argument #%d to '%s' (an integer expected)", position, op))
    end
    return number
  end

  local function random(...)
    local count = select("#", ...)
    local number = draw()
    if count == 0 then return (number >> 11) * 0x1p-53 end
    if count > 2 then raise "bad arguments to 'random': none, one or two are expected" end
    local low, high = 1, integer("random", count, select(count, ...))
    if count == 2 then low = integer("random", 1, (...)) end
    if count == 1 and high == 0 then return number end
    if low > high then
      raise(raw_format("bad argument #%d to 'random' (interval is empty)", count))
    end
    return low + project(number, high - low)
  end

  local function randomseed(...)
    if select("#", ...) == 0 then return start(seed, 0) end
    local low, high = ...
    low, high = integer("randomseed", 1, low), high and integer("randomseed", 2, high) or 0
    start(low, high)
    return low, high
  end

  randomseed()
  return random, randomseed
end

-- Lua's own sort takes its pivot from the clock when a long array is lopsided,
-- and equal elements then end in any order: beyond 100 elements we merge.
local function merge(from, into, low, middle, high, less)
  local left, right = low, middle
  for at = low, high - 1 do
    if left < middle and (right >= high or not less(from[right], from[left])) then
      into[at], left = from[left], left + 1
    else
      into[at], right = from[right], right + 1
    end
  end
end

local function merge_sort(list, count, less)
  local from, into, width = {}, {}, 1
  for i = 1, count do from[i] = list[i] end
  while width < count do
    for low = 1, count, 2 * width do
      local middle = math.min(low + width, count + 1)
      merge(from, into, low, middle, math.min(low + 2 * width, count + 1), less)
    end
    from, into, width = into, from, 2 * width
  end
  for i = 1, count do list[i] = from[i] end
end

local function sort_with(words, raise)
  local function smaller(a, b) return a < b end

  local function sort(list, less)
    local count = #list
    if count <= 100 then raw_sort(list, less) else merge_sort(list, count, less or smaller) end
  end

  return function(list, less)
    if type(list) ~= "table" then
      raise(raw_format("bad argument #1 to 'sort' (table expected, got %s)", type(list)))
    elseif less ~= nil and type(less) ~= "function" then
      raise(raw_format("bad argument #2 to 'sort' (function expected, got %s)", type(less)))
    end
    local done, message = words.pcall(sort, list, less)
    if done then return end
    if type(message) == "string" then
      local ours = find(message, HERE, 1, true) == 1
      if ours then message = gsub(sub(message, #HERE + 1), "^%d+: ", "") end
      if ours or not find(message, "^[^\n]-:%d+: ") then raise(message) end
    end
    error(message, 0)
  end
end

-- -------------------------------------------------------------------- metatables --

-- A metatable with __gc or __mode would let the scenario see Lua's own collector.
-- One that is in use is guarded against getting them later, by its own metatable.  If
-- the scenario gave it one, a guarded copy of that stands in, brought up to date by
-- every setmetatable: the scenario could take the guard out of its own again.
local function metatables(shared, string_library, raise)
  local in_use = raw_setmetatable({}, { __mode = "k" })
  local string_metatable = { __index = string_library }

  local function refuse(key)
    if key == "__gc" or key == "__mode" then
      raise(raw_format("a metatable cannot have %s here: what a scenario sees must not depend on"
                       .. " Lua's own collector", key))
    end
  end

  local guard = {
    __newindex = function(metatable, key, value)
      refuse(key)
      rawset(metatable, key, value)
    end,
  }

  local originals = raw_setmetatable({}, { __mode = "k" })      -- of the guarded copies

  local function update(guarded, original)
    for key in raw_next, guarded do
      if key ~= "__newindex" then guarded[key] = nil end
    end
    copy(original, guarded)
  end

  local function guarded_copy(original)
    local guarded = {}

    function guarded.__newindex(metatable, key, value)
      refuse(key)
      local method = rawget(original, "__newindex")
      if method == nil then
        rawset(metatable, key, value)
      elseif type(method) == "function" then
        method(metatable, key, value)
      else
        method[key] = value
      end
    end
    originals[guarded] = original
    update(guarded, original)
    return guarded
  end

  -- An environment is never weak: its fields are names, and it has none of its own.
  local function protect(metatable)
    if shared.environments[metatable] then return end
    in_use[metatable] = true
    local own = debug_getmetatable(metatable)
    if own == nil then
      debug_setmetatable(metatable, guard)
    elseif originals[own] then
      update(own, originals[own])
    elseif own ~= guard then
      debug_setmetatable(metatable, guarded_copy(own))
    end
  end

  local library = {}

  function library.getmetatable(value)
    if core.is_handle(value) then return false end
    if type(value) == "string" then return string_metatable end
    local metatable = raw_getmetatable(value)
    if metatable == guard then return nil end
    return originals[metatable] or metatable
  end

  function library.setmetatable(object, metatable)
    if type(metatable) == "table" then
      if rawget(metatable, "__gc") ~= nil then refuse "__gc" end
      if rawget(metatable, "__mode") ~= nil then refuse "__mode" end
    end
    local done, message = raw_pcall(raw_setmetatable, object, metatable)
    if not done then raise(message) end

    if in_use[object] then protect(object) end
    if metatable ~= nil then protect(metatable) end
    return object
  end

  function library.rawget(object, key)
    if shared.environments[object] then return object[key] end
    local done, value = raw_pcall(rawget, object, key)
    if not done then raise(value) end
    return value
  end

  function library.rawset(object, key, value)
    if shared.environments[object] then
      object[key] = value
      return object
    end
    if in_use[object] then refuse(key) end
    local done, message = raw_pcall(rawset, object, key, value)
    if not done then raise(message) end
    return object
  end

  return library
end

-- ----------------------------------------------------------------- print and load --

local function print_with(to_string, output)
  return function(...)
    local values = pack(...)
    for i = 1, values.n do values[i] = to_string(values[i]) end
    output(concat(values, "\t", 1, values.n) .. "\n")
  end
end

local function warn_with(write, raise)
  local on = false

  return function(...)
    local parts = pack(...)
    for i = 1, math.max(parts.n, 1) do
      if type(parts[i]) ~= "string" then
        raise(raw_format("bad argument #%d to 'warn' (string expected)", i))
      end
    end
    if parts.n == 1 and find(parts[1], "^@") then
      if parts[1] == "@on" or parts[1] == "@off" then on = parts[1] == "@on" end
    elseif on then
      write("Lua warning: " .. concat(parts) .. "\n")
    end
  end
end

-- A reader's pieces are put together first, under the lab's own pcall: an error in
-- it must give back the operands that it held.
local function read_pieces(reader, pcall_words)
  local pieces = {}
  local done, message = pcall_words(function()
    while true do
      local piece = reader()
      if piece == nil or piece == "" then return end
      if type(piece) ~= "string" then error("reader function must return a string", 0) end
      pieces[#pieces + 1] = piece
    end
  end)
  if not done then return nil, message end
  return concat(pieces)
end

-- A text as a function whose globals are in `target`.  Who does not write _ENV cannot tell
-- what it is, nor what shortcuts are taken: none for those who could, nor where lines are
-- watched, because the first is no longer what was written.  In a trusted scenario, which has all
-- of `debug`, that is a text with this word, and all that it loads itself (`as_written`).
function environment.load(shared, text, name, target, as_written)
  local inside = target and shared.environments[target]
  if not inside or find(text, "_ENV", 1, true) then return raw_load(text, name, "t", target) end
  name = name or text
  local chunk, problem = raw_load(text, name, "t", inside.hidden)
  as_written = as_written or shared.as_written or shared.trusted and find(text, "debug", 1, true)
  local short = chunk and not as_written and shortcuts.taken(text)
  return short and raw_load(short, name, "t", inside) or chunk, problem
end

local function load_with(words, shared, raise)
  return function(chunk, name, mode, ...)
    if type(chunk) ~= "string" and type(chunk) ~= "function" then
      raise(raw_format("bad argument #1 to 'load' (string or function expected, got %s)", type(chunk)))
    end
    if name ~= nil and type(name) ~= "string" then
      raise(raw_format("bad argument #2 to 'load' (string expected, got %s)", type(name)))
    end
    if mode == "b" then return nil, "attempt to load a binary chunk (only text is allowed)" end

    local text, message = chunk
    if type(chunk) == "function" then
      name = name or "=(load)"
      text, message = read_pieces(chunk, words.pcall)
      if not text then return nil, message end
    end
    local target = words._G
    if select("#", ...) > 0 then target = (...) end
    return environment.load(shared, text, name, target, shared.trusted)
  end
end

-- ------------------------------------------------------------------------- all of it --

-- How long a collection took differs from run to run.
local function hide_clock(words)
  local on = words.heap.on

  local function timeless(f)
    return function(event)
      event.nanoseconds = nil
      return f(event)
    end
  end

  words.heap.on = function(...)
    local event, f = ...
    if select("#", ...) == 2 and type(f) == "function" and type(event) == "string"
       and find(event, "^collection.finished$") then
      return on(event, timeless(f))
    end
    return on(...)
  end
end

local function trust(words, outside)
  for _, name in ipairs(TRUSTED) do words[name] = outside[name] end
  words.string.dump = string.dump

  function words.loadfile(name, mode, ...)
    local target = words._G
    if select("#", ...) > 0 then target = (...) end
    return loadfile(name, mode, target)
  end

  function words.dofile(name)
    local chunk, message = loadfile(name, nil, words._G)
    if not chunk then error(message, 0) end
    return chunk()
  end
end

-- Put the library into `words`, which already holds the lab's own.  `options` are
-- those of refchain.new, complete; `shared` is environment.shared(…) of the scenario.
-- Returns tostring and whether a table's keys have an order, for the lab's printing.
function environment.fill(words, lab, options, shared)
  local function raise(message)
    error(lab:where() .. ": " .. message, 0)
  end
  local to_string = tostring_with(shared, raise)

  for _, name in ipairs(BASE) do words[name] = _G[name] end
  words.string = copy(string, { format = format_with(to_string, raise) })
  words.string.dump = nil
  words.table = copy(table, { sort = sort_with(words, raise) })
  words.utf8 = copy(utf8, {})
  words.math = copy(math, {})
  words.math.random, words.math.randomseed = random_numbers(options.seed, raise)
  words.os, words.debug = {}, { traceback = traceback }
  for _, name in ipairs(OS) do words.os[name] = os[name] end
  words.coroutine = words.coroutine or {}
  for _, name in ipairs(COROUTINE) do
    words.coroutine[name] = words.coroutine[name] or coroutine[name]
  end

  copy(metatables(shared, words.string, raise), words)
  local has_order
  words.pairs, words.next, has_order = traversal(shared, raise)
  words.load = load_with(words, shared, raise)
  words.print = print_with(to_string, options.output)
  words.warn = warn_with(options.write, raise)
  function words.tostring(...)
    if select("#", ...) == 0 then raise "bad argument #1 to 'tostring' (value expected)" end
    return to_string((...))
  end
  if options.trusted then trust(words, _G) else hide_clock(words) end
  return to_string, has_order
end

-- In a Lua state that belongs to the scenario alone: methods of strings are those of
-- its own string library.
function environment.seal(words)
  local metatable = debug_getmetatable("")
  metatable.__index = words.string
end

return environment
