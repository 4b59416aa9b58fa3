-- The one table of words: what each is called, takes, means and gives.  Help,
-- completion, the checks of the words written in Lua (lua_words.lua) and the tests of
-- misuse are made from it.
--
-- The module is a sequence of words in reading order.  A word is a table:
--
--   name       "list:append", "gc.collect", "refcnt"
--   group      "list": a key of `words.groups`, in whose order the groups come
--   signature  "l:append(x)"
--   params     a sequence of { name =, kind =, optional =, rest = }; the object of a
--              method is not among them
--   receiver   the type of a method's object: "list"
--   given      code that makes what `call` needs
--   target     what stands before the arguments: "l:append"; nil for what is not called
--   args       what `call` passes: an expression for each parameter that is needed
--   call       code that uses the word rightly: "l:append(4)"
--   meaning, results, errors (a sequence of names), example (code that asserts)
--
-- Kinds of parameters:
--
--   value     a heap object, or a Lua number, string or boolean that becomes one
--   object    a heap object; a Lua value is refused
--   literal   a Lua number, string or boolean
--   handle    a handle, a dead one too
--   iterable  a list, tuple, dict, set, frozenset or str
--   any       any Lua value
--   list, dict, set, instance, temporary …   a heap object of that sort
--   integer, number, string, boolean, function, table   a Lua value
--   name      a string: the name of a scenario's variable
--   type      the name of a type, "list", the word that makes it, or a class
--   event     a string: the name of an event, "destroyed"
--
-- To add a word: write its entry in its section, the parameters as "x: value, n:
-- integer?" with `?` for what may be left out and `...` for any number more.

local concat, sort = table.concat, table.sort
local find, gmatch, gsub, match = string.find, string.gmatch, string.gsub, string.match
local format = string.format

local words = { by_name = {}, groups = {} }

-- An argument that each kind accepts, for calls that do not name their own.
local SAMPLES = {
  value = "4", literal = "4", object = "x", handle = "x", iterable = "list{4, 5}", any = "4", integer = "0",
  number = "1", string = "\"text\"", boolean = "true", name = "\"v1\"", type = "\"list\"",
  event = "\"destroyed\"", table = "{}", ["function"] = "function() end",
}

local function parse_params(text)
  local params = {}
  for part in gmatch(text or "", "[^,]+") do
    local name, kind, mark = match(part, "^%s*([%w_]+): ([%a]+)([?.]*)%s*$")
    assert(name, "words.lua: " .. part)
    params[#params + 1] = {
      name = name, kind = kind, optional = mark ~= "" or nil, rest = mark == "..." or nil,
    }
  end
  return params
end

local function unindent(text)
  local indent = match(text, "^\n?( *)")
  text = gsub(gsub(text, "^\n", ""), "%s+$", "")
  return (gsub("\n" .. text, "\n" .. indent, "\n"):sub(2))
end

local function default_args(params)
  local args = {}
  for _, param in ipairs(params) do
    if not param.optional then args[#args + 1] = SAMPLES[param.kind] end
  end
  return args
end

-- What stands before the arguments of a call; nil for what is not called.
local function target_of(word)
  if word.receiver or find(word.name, ":", 1, true) then return match(word.signature, "^([%a_][%w_.:]*)%(") end
  if word.signature ~= word.name then return match(word.name, "^[%a_][%w_.]*$") end
  return nil
end

local function finish(word, section)
  word.group = section.group
  word.params = parse_params(word.params)
  if word.receiver == nil then word.receiver = section.receiver end
  word.given = word.given or section.given or ""
  word.args = word.args or default_args(word.params)
  word.errors = word.errors or {}
  word.results = word.results or "nothing"
  word.example = unindent(word.example)
  word.target = word.target or target_of(word)
  word.call = word.call or format("%s(%s)", word.target, concat(word.args, ", "))
  return word
end

local function section(entries)
  words.groups[#words.groups + 1] = { name = entries.group, title = entries.title }
  words.groups[entries.group] = entries.title
  for _, word in ipairs(entries) do
    words[#words + 1] = finish(word, entries)
    words.by_name[word.name] = word
  end
end

-- ------------------------------------------------------------------------- making --

section {
  group = "make", title = "Making objects",
  {
    name = "int", signature = "int([n])", params = "n: value?", args = { "1000" },
    meaning = "An int, as Python's `int(n)`; without `n` it is 0. A value in the small-int pool gives the pool's "
      .. "object; any other is a new object each time. An int given is returned itself. Values have 64 bits.",
    results = "the int", errors = { "TypeError", "ValueError", "OverflowError", "MemoryError" },
    example = [[
      a, b = int(5000), int(5000)
      expect_eq(a, b)
      expect_distinct(a, b)
      expect_same(int(7), int(7))
      expect_eq(int(), 0)]],
  },
  {
    name = "float", signature = "float([x])", params = "x: value?", args = { "2.5" },
    meaning = "A float, as Python's `float(x)`; without `x` it is 0.0. Its memory comes from the float free "
      .. "list when that has an entry. A float given is returned itself.",
    results = "the float", errors = { "TypeError", "ValueError", "MemoryError" },
    example = [[
      pi = float(3.14)
      local address = id(pi)
      del "pi"
      expect_eq(id(float(9.999)), address)]],
  },
  {
    name = "bool", signature = "bool([x])", params = "x: value?", args = { "1" },
    meaning = "Python's truth of `x` as one of the two objects True and False. Zero and what is empty are false, "
      .. "and so is `bool()`.",
    results = "True or False", errors = {},
    example = [[
      expect_same(bool(0), False)
      expect_same(bool(list{0}), True)]],
  },
  {
    name = "str", signature = "str([s])", params = "s: value?", args = { "\"some text\"" },
    meaning = "A str made at run time: Lua text becomes a new object that is not interned, except that the "
      .. "empty str and the cached single characters exist once. Of any other object it is Python's `str(x)`; "
      .. "`str()` is the empty str.",
    results = "the str", errors = { "UnicodeError", "RecursionError", "MemoryError" },
    example = [[
      a, b = str "wu peiqi", str "wu peiqi"
      expect_eq(a, b)
      expect_distinct(a, b)
      expect_same(str "A", str "A")]],
  },
  {
    name = "constant", signature = "constant(x)", params = "x: literal", args = { "\"name\"" },
    meaning = "The object that Python's compiler makes of a literal: a string of ASCII letters, digits and "
      .. "`_` is interned, so that equal constants are one object.",
    results = "the object", errors = { "TypeError", "UnicodeError", "MemoryError" },
    example = [[
      a, b = constant "wupeiqi", constant "wupeiqi"
      expect_same(a, b)
      expect_eq(origin(a), "interned")]],
  },
  {
    name = "list", signature = "list{a, b, …} or list(x)", params = "x: iterable?", call = "list{1, 2, 3}",
    meaning = "`list{…}` is Python's display: its head comes from the list free list when that has an entry. "
      .. "`list()` and `list(x)` call the type, which never looks there. Each item gets one reference. Lua cannot "
      .. "show a nil at the end of a display: `list{1, nil}` is `list{1}`, and a misspelt name is nil. Write None "
      .. "for Python's None.",
    results = "the new list", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      l = list{11, "two", list{}}
      expect_eq(#l, 3)
      expect_eq(list(tuple{1, 2}), list{1, 2})]],
  },
  {
    name = "tuple", signature = "tuple{a, b, …} or tuple(x)", params = "x: iterable?", call = "tuple{1, 2}",
    meaning = "A tuple. The empty tuple exists once. Others come from the free list of their length when "
      .. "that has an entry. `tuple(t)` of a tuple is `t` itself.",
    results = "the tuple", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      expect_same(tuple{}, tuple())
      t = tuple{1, "a"}
      expect_same(tuple(t), t)]],
  },
  {
    name = "set", signature = "set{a, b, …} or set(x)", params = "x: iterable?", call = "set{1, 2}",
    meaning = "A set of hashable objects. Equal elements are kept once: `1`, `1.0` and `True` are equal. "
      .. "Sets have no free list.",
    results = "the new set", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      s = set{1, 1.0, true, "a"}
      expect_eq(#s, 2)
      expect_error("unhashable type: 'list'", function() set{list{}} end)]],
  },
  {
    name = "frozenset", signature = "frozenset{a, b, …} or frozenset(x)", params = "x: iterable?",
    call = "frozenset{1, 2}",
    meaning = "A set that cannot change and can be a key. Where the profile says so, the empty one exists "
      .. "once (up to 3.9).",
    results = "the frozenset", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      f = frozenset{1, 2}
      expect_eq(f, set{2, 1})
      expect_same(frozenset(f), f)]],
  },
  {
    name = "dict", signature = "dict{k = v, …}, dict{{k, v}, …} or dict(x)", params = "x: iterable?",
    call = "dict{a = 1}", args = { "dict{a = 1}" },
    meaning = "`dict{…}` is Python's display; a Lua table with string keys is taken in sorted order of its "
      .. "keys, a sequence of pairs in its own. `dict()` and `dict(x)` call the type, which never takes from the "
      .. "free list.",
    results = "the new dict", errors = { "TypeError", "ValueError", "RuntimeError", "MemoryError" },
    example = [[
      d = dict{{"name", "Alex"}, {18, "age"}}
      expect_eq(#d, 2)
      expect_eq(d:get(18), "age")]],
  },
  {
    name = "object", signature = "object{attr = v, …}", params = "attributes: table?", call = "object{size = 3}",
    args = { "{size = 3}" },
    meaning = "An instance of a plain user class, with attributes. Up to 3.10 they live in a dict of the "
      .. "instance, which is an object of its own for the collector; from 3.11 in the instance.",
    results = "the new instance", errors = { "TypeError", "MemoryError" },
    example = [[
      o = object{size = 3}
      expect_eq(o.size, 3)
      expect_eq(typename(o), "object")]],
  },
  {
    name = "class", signature = "class(name, {__del__ = function(self) end})", params = "name: string, options: table?",
    args = { "\"Node\"" },
    meaning = "A class. Call it, with attributes if you like, to make an instance. `__del__` runs once, before "
      .. "anything of the instance is released, and may store `self` somewhere: then it lives on.",
    results = "the class, a Lua value", errors = { "TypeError", "ValueError", "MemoryError" },
    example = [[
      local log = {}
      Node = class("Node", {__del__ = function(self) log[#log + 1] = repr(self.name) end})
      node = Node{name = "first"}
      del "node"
      expect_eq(log, {"'first'"})]],
  },
  {
    name = "None", signature = "None", call = "_ = None",
    meaning = "Python's None. Use it where Python has None: Lua's nil is never an object.",
    results = "None", errors = {},
    example = [[
      l = list{1, None, 3}
      expect_same(l[1], None)]],
  },
  {
    name = "True", signature = "True", call = "_ = True",
    meaning = "Python's True: an int that equals 1. Lua's `true` becomes it wherever an object is expected.",
    results = "True", errors = {},
    example = [[
      expect_same(list{true}[0], True)
      expect(eq(True, 1))]],
  },
  {
    name = "False", signature = "False", call = "_ = False",
    meaning = "Python's False: an int that equals 0. Lua's `false` becomes it wherever an object is expected.",
    results = "False", errors = {},
    example = [[
      expect_same(list{false}[0], False)
      expect(not truth(False))]],
  },
}

-- -------------------------------------------------------------------------- names --

section {
  group = "names", title = "Names, frames and temporaries",
  {
    name = "del", signature = "del(name, …)", params = "name: name, more: name...", given = "v1 = list{}",
    meaning = "Python's `del`: the name goes, and its reference with it. An object whose count falls to 0 is "
      .. "destroyed at once. `v1 = nil` does the same.",
    errors = { "NameError" },
    example = [[
      v1 = list{}
      local it = v1
      del "v1"
      expect_dead(it)]],
  },
  {
    name = "frame", signature = "frame(f, …)", params = "f: function, arguments: any...",
    meaning = "Calls `f` as Python calls a function: names assigned inside are local to the call and are "
      .. "released, in order, when it returns or raises. Names outside can be read. Frames nest 60 deep, calls of "
      .. "finalizers and callbacks included; the next is a RecursionError.",
    results = "what `f` returns", errors = { "RecursionError", "MemoryError" },
    example = [[
      local inside
      frame(function() v1 = list{} inside = v1 end)
      expect_dead(inside)]],
  },
  {
    name = "outer", signature = "outer(name, v)", params = "name: name, v: any", args = { "\"v1\"", "list{}" },
    meaning = "Assigns to a name outside every frame, as Python does after `global name`.",
    errors = { "MemoryError" },
    example = [[
      frame(function() outer("kept", list{1}) end)
      expect_refcnt(kept, 1)]],
  },
  {
    name = "drop", signature = "drop(x)", params = "x: temporary", args = { "list{}" },
    meaning = "Destroys a temporary now: an object that only its handle keeps. An object that a name or a "
      .. "container holds is refused.",
    errors = { "RuntimeError" },
    example = [[
      local l = list{}
      drop(l)
      expect_dead(l)]],
  },
  {
    name = "env", signature = "py:env()", params = "py: any?", call = "heap.new{}:env()",
    meaning = "The environment itself, for a Lua program that uses the lab as a module: `local _ENV = py:env()`.",
    results = "the environment", errors = {},
    example = [[
      local other = heap.new{}
      expect(other:env() == other)
      other:close()]],
  },
  {
    name = "close", signature = "py:close()", params = "py: any?", call = "heap.new{}:close()",
    meaning = "Closes the heap and gives back its memory, whatever is alive in it. No finalizer runs. Its "
      .. "handles are dead from then on.",
    errors = {},
    example = [[
      local other = heap.new{profile = "3.7"}
      other.v1 = other.list{}
      other:close()]],
  },
}

-- ------------------------------------------------------------------------- looking --

section {
  group = "look", title = "Looking at an object", given = "x = list{1, 2}",
  {
    name = "id", signature = "id(x)", params = "x: object",
    meaning = "The address of the object, as in CPython. It is the same on every run. A later object may get "
      .. "the same address: equal ids prove nothing unless both objects are alive.",
    results = "a number", errors = {},
    example = [[
      a = list{}
      b = a
      expect_eq(id(a), id(b))]],
  },
  {
    name = "is", signature = "is(a, b)", params = "a: object, b: object", args = { "x", "x" },
    meaning = "Python's `a is b`: whether both are one object.",
    results = "true or false", errors = {},
    example = [[
      a, b = list{}, list{}
      expect(is(a, a) and not is(a, b))
      expect(a == b)]],
  },
  {
    name = "eq", signature = "eq(a, b)", params = "a: value, b: value", args = { "x", "5" },
    meaning = "Python's `a == b`, also between an object and a Lua value, where Lua's own `==` is always false.",
    results = "true or false", errors = { "RecursionError" },
    example = [[
      n = int(5)
      expect(eq(n, 5) and eq(n, 5.0))
      expect(not eq(n, "5"))]],
  },
  {
    name = "truth", signature = "truth(x)", params = "x: object",
    meaning = "Python's `bool(x)` as a Lua boolean. A handle itself is always true in Lua, so write "
      .. "`if truth(l) then`.",
    results = "true or false", errors = {},
    example = [[
      expect(truth(list{0}))
      expect(not truth(list{}))]],
  },
  {
    name = "hash", signature = "hash(x)", params = "x: object", args = { "int(5)" },
    meaning = "Python's `hash(x)`. Numbers and tuples of them give CPython's values, equal numbers the same; "
      .. "strings use a fixed seed.",
    results = "a number", errors = { "TypeError", "RecursionError" },
    example = [[
      expect_eq(hash(int(1)), hash(float(1.0)))
      expect_error("unhashable type: 'list'", function() hash(list{}) end)]],
  },
  {
    name = "refcnt", signature = "refcnt(x)", params = "x: object",
    meaning = "The number of references to the object: names, containers and a temporary's own. Handles do not "
      .. "count, so it is one less than Python's `sys.getrefcount(x)`, which counts its argument.",
    results = "a number", errors = {},
    example = [[
      a = list{}
      expect_eq(refcnt(a), 1)
      b = list{a, a}
      expect_eq(refcnt(a), 3)]],
  },
  {
    name = "typename", signature = "typename(x)", params = "x: object",
    meaning = "The name of the object's type, for an instance that of its class.",
    results = "a string", errors = {},
    example = [[
      expect_eq(typename(tuple{}), "tuple")
      expect_eq(typename(None), "NoneType")]],
  },
  {
    name = "repr", signature = "repr(x)", params = "x: object",
    meaning = "Python's `repr(x)` as a Lua string. A container inside itself shows as `[...]`.",
    results = "a string", errors = { "RecursionError", "MemoryError" },
    example = [=[
      l = list{1, "a"}
      l:append(l)
      expect_eq(repr(l), "[1, 'a', [...]]")]=],
  },
  {
    name = "value", signature = "value(x)", params = "x: object", args = { "int(5)" },
    meaning = "The Lua value of an int, float, bool or str. None gives nil.",
    results = "a number, string, boolean or nil", errors = { "TypeError" },
    example = [[
      expect_eq(value(int(5)) + 1, 6)
      expect_eq(value(str "a"), "a")]],
  },
  {
    name = "alive", signature = "alive(x)", params = "x: handle",
    meaning = "Whether the object that the handle was made for still exists, whatever lives at its address now.",
    results = "true or false", errors = {},
    example = [[
      v1 = list{}
      local it = v1
      expect(alive(it))
      v1 = nil
      expect(not alive(it))]],
  },
  {
    name = "birth", signature = "birth(x)", params = "x: object",
    meaning = "The object's number in order of creation, from 1; what start-up made has 0 or less. Two handles "
      .. "to one object may be different keys of a Lua table: use the birth as the key.",
    results = "a number", errors = {},
    example = [[
      a, b = list{}, list{}
      expect(birth(b) > birth(a))]],
  },
  {
    name = "origin", signature = "origin(x)", params = "x: object",
    meaning = "Where the object comes from: \"small-int pool\", \"character cache\", \"interned\", \"singleton\", "
      .. "\"free list\", \"reused block\" or \"fresh block\". This, not an equal id, proves that a free list served.",
    results = "a string", errors = {},
    example = [[
      expect_eq(origin(int(7)), "small-int pool")
      drop(float(3.14))
      expect_eq(origin(float(9.999)), "free list")]],
  },
  {
    name = "layout", signature = "layout(x)", params = "x: object",
    meaning = "The object as it lies in memory: for each field its offset, bytes, name and value. First the "
      .. "head's four parts (next, prev, refcount, type), the size of a variable-size object, then its body.",
    results = "a sequence of tables", errors = {},
    example = [[
      local fields = layout(float(2.5))
      expect_eq(fields[1].offset, 0)
      expect(#fields >= 5)]],
  },
}

-- --------------------------------------------------------------------------- lists --

section {
  group = "list", title = "Lists", receiver = "list", given = "l = list{1, 2, 3}",
  {
    name = "list:append", signature = "l:append(x)", params = "x: value",
    meaning = "Puts `x` at the end; the list holds one reference to it. The room for items grows in steps, as "
      .. "CPython's does.",
    errors = { "MemoryError" },
    example = [[
      v1, v2 = list{}, list{}
      v1:append(v2)
      expect_refcnt(v2, 2)]],
  },
  {
    name = "list:insert", signature = "l:insert(i, x)", params = "i: integer, x: value",
    meaning = "Puts `x` before the item at `i`. An index beyond an end means that end.",
    errors = { "MemoryError" },
    example = [[
      l = list{1, 3}
      l:insert(1, 2)
      expect_eq(l, list{1, 2, 3})]],
  },
  {
    name = "list:pop", signature = "l:pop([i])", params = "i: integer?",
    meaning = "Takes out the item at `i`, the last one by default. If nothing else holds it, it is a temporary "
      .. "from then on.",
    results = "the item", errors = { "IndexError" },
    example = [[
      l = list{1, list{}}
      local inner = l:pop()
      expect_eq(#l, 1)
      expect_alive(inner)]],
  },
  {
    name = "list:remove", signature = "l:remove(x)", params = "x: value", args = { "2" },
    meaning = "Deletes the first item that equals `x`.",
    errors = { "ValueError", "RecursionError" },
    example = [[
      l = list{1, 2, 1}
      l:remove(1)
      expect_eq(l, list{2, 1})]],
  },
  {
    name = "list:extend", signature = "l:extend(x)", params = "x: iterable",
    meaning = "Appends every item of `x`, which may be the list itself.",
    errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      l = list{1}
      l:extend(tuple{2, 3})
      expect_eq(l, list{1, 2, 3})]],
  },
  {
    name = "list:clear", signature = "l:clear()",
    meaning = "Releases all items, from the last to the first.",
    errors = {},
    example = [[
      inner = list{}
      l = list{inner}
      l:clear()
      expect_refcnt(inner, 1)]],
  },
  {
    name = "list:reverse", signature = "l:reverse()",
    meaning = "Turns the order of the items round. No count changes.",
    errors = {},
    example = [[
      l = list{1, 2, 3}
      l:reverse()
      expect_eq(l, list{3, 2, 1})]],
  },
  {
    name = "list:sort", signature = "l:sort()",
    meaning = "Sorts the items in place by Python's `<`; equal ones keep their order.",
    errors = { "TypeError", "RecursionError", "MemoryError" },
    example = [[
      l = list{3, 1, 2}
      l:sort()
      expect_eq(l, list{1, 2, 3})]],
  },
  {
    name = "list:copy", signature = "l:copy()",
    meaning = "A new list of the same items, each with one more reference. Its head may come from the free list.",
    results = "the new list", errors = { "MemoryError" },
    example = [[
      inner = list{}
      l = list{inner}
      m = l:copy()
      expect_refcnt(inner, 3)]],
  },
  {
    name = "list:index", signature = "l:index(x)", params = "x: value", args = { "2" },
    meaning = "Where the first item that equals `x` stands, from 0.",
    results = "a number", errors = { "ValueError", "RecursionError" },
    example = [[
      l = list{"a", "b"}
      expect_eq(l:index("b"), 1)]],
  },
  {
    name = "list:count", signature = "l:count(x)", params = "x: value",
    meaning = "How many items equal `x`.",
    results = "a number", errors = { "RecursionError" },
    example = [[
      l = list{1, true, 2}
      expect_eq(l:count(1), 2)]],
  },
  {
    name = "list:contains", signature = "l:contains(x)", params = "x: value",
    meaning = "Python's `x in l`: whether an item is `x` or equals it.",
    results = "true or false", errors = { "RecursionError" },
    example = [[
      l = list{1, 2}
      expect(l:contains(2) and not l:contains(3))]],
  },
  {
    name = "list:delitem", signature = "l:delitem(i)", params = "i: integer",
    meaning = "Python's `del l[i]`: the item's reference is released.",
    errors = { "IndexError" },
    example = [[
      l = list{1, 2, 3}
      l:delitem(-1)
      expect_eq(l, list{1, 2})]],
  },
  {
    name = "list[i]", signature = "l[i]", call = "_ = l[0]",
    meaning = "The item at `i`, from 0; a negative index counts from the end. Looking counts nothing.",
    results = "the item", errors = { "IndexError" },
    example = [[
      l = list{11, 22, 33}
      expect_eq(l[0], 11)
      expect_eq(l[-1], 33)]],
  },
  {
    name = "list[i]=", signature = "l[i] = x", call = "l[0] = 4",
    meaning = "Puts `x` in place of the item at `i`, which is released after. nil is an error: write None, or "
      .. "delitem.",
    errors = { "IndexError", "TypeError" },
    example = [[
      l = list{1, 2}
      l[0] = "a"
      expect_eq(l, list{"a", 2})]],
  },
  {
    name = "#list", signature = "#l", call = "_ = #l",
    meaning = "Python's `len(l)`.",
    results = "a number", errors = {},
    example = [[
      expect_eq(#list{1, 2}, 2)]],
  },
  {
    name = "iter", receiver = false, signature = "for x in iter(l)", params = "x: iterable", args = { "l" },
    call = "for _ in iter(l) do break end",
    meaning = "Walks a list, tuple, set, frozenset or str, a dict by its keys. A set or dict that changes its "
      .. "size meanwhile is an error, as in Python.",
    results = "what a `for` needs", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      local sum = 0
      for x in iter(list{1, 2, 3}) do sum = sum + value(x) end
      expect_eq(sum, 6)]],
  },
}

-- --------------------------------------------------------------- tuples, frozensets --

section {
  group = "tuple", title = "Tuples and frozensets", receiver = "tuple", given = "t = tuple{1, 2, 3}",
  {
    name = "tuple:contains", signature = "t:contains(x)", params = "x: value",
    meaning = "Python's `x in t`.",
    results = "true or false", errors = { "RecursionError" },
    example = [[
      t = tuple{1, 2}
      expect(t:contains(2) and not t:contains(3))]],
  },
  {
    name = "tuple:index", signature = "t:index(x)", params = "x: value", args = { "2" },
    meaning = "Where the first item that equals `x` stands, from 0.",
    results = "a number", errors = { "ValueError", "RecursionError" },
    example = [[
      t = tuple{"a", "b"}
      expect_eq(t:index("b"), 1)]],
  },
  {
    name = "tuple:count", signature = "t:count(x)", params = "x: value",
    meaning = "How many items equal `x`.",
    results = "a number", errors = { "RecursionError" },
    example = [[
      t = tuple{1, 1, 2}
      expect_eq(t:count(1), 2)]],
  },
  {
    name = "tuple[i]", signature = "t[i]", call = "_ = t[0]",
    meaning = "The item at `i`, from 0; a negative index counts from the end. A tuple cannot be assigned to.",
    results = "the item", errors = { "IndexError" },
    example = [[
      t = tuple{"a", "b"}
      expect_eq(t[-1], "b")
      expect_error("TypeError", function() t[0] = 1 end)]],
  },
  {
    name = "#tuple", signature = "#t", call = "_ = #t",
    meaning = "Python's `len(t)`.",
    results = "a number", errors = {},
    example = [[
      expect_eq(#tuple{1, 2}, 2)]],
  },
  {
    name = "frozenset:contains", receiver = "frozenset", signature = "f:contains(x)", params = "x: value",
    given = "f = frozenset{1, 2}",
    meaning = "Python's `x in f`.",
    results = "true or false", errors = { "TypeError", "RecursionError" },
    example = [[
      f = frozenset{1, 2}
      expect(f:contains(1.0) and not f:contains(3))]],
  },
  {
    name = "frozenset:copy", receiver = "frozenset", signature = "f:copy()", given = "f = frozenset{1, 2}",
    meaning = "The frozenset itself: what cannot change needs no copy.",
    results = "the frozenset", errors = {},
    example = [[
      f = frozenset{1, 2}
      expect_same(f:copy(), f)]],
  },
  {
    name = "#frozenset", receiver = "frozenset", signature = "#f", call = "_ = #f", given = "f = frozenset{1, 2}",
    meaning = "Python's `len(f)`.",
    results = "a number", errors = {},
    example = [[
      expect_eq(#frozenset{1, 1}, 1)]],
  },
}

-- --------------------------------------------------------------------------- dicts --

section {
  group = "dict", title = "Dicts", receiver = "dict", given = "d = dict{a = 1, b = 2}",
  {
    name = "dict:get", signature = "d:get(k[, default])", params = "k: value, default: any?",
    args = { "\"z\"", "5" },
    meaning = "The value of the key `k`, or the default, or None. No KeyError, as in Python.",
    results = "the value", errors = { "TypeError", "RecursionError" },
    example = [[
      d = dict{a = 1}
      expect_eq(d:get("a"), 1)
      expect_same(d:get("b"), None)]],
  },
  {
    name = "dict:set", signature = "d:set(k, v)", params = "k: value, v: value", args = { "\"c\"", "3" },
    meaning = "Python's `d[k] = v`. A key that equals one already there keeps the old key. Up to 3.13 a dict "
      .. "is tracked by the collector only from the first key or value that could be part of a cycle.",
    errors = { "TypeError", "RecursionError", "MemoryError" },
    example = [[
      d = dict{}
      d:set(1, "one")
      d:set(1.0, "uno")
      expect_eq(repr(d), "{1: 'uno'}")]],
  },
  {
    name = "dict:delitem", signature = "d:delitem(k)", params = "k: value", args = { "\"a\"" },
    meaning = "Python's `del d[k]`: the key is released, then the value.",
    errors = { "KeyError", "TypeError", "RecursionError" },
    example = [[
      d = dict{a = 1}
      d:delitem("a")
      expect_eq(#d, 0)]],
  },
  {
    name = "dict:pop", signature = "d:pop(k[, default])", params = "k: value, default: any?",
    args = { "\"z\"", "5" },
    meaning = "Takes out the key `k` and gives its value, which is a temporary if nothing else holds it. "
      .. "A missing key gives the default, or is a KeyError without one.",
    results = "the value", errors = { "KeyError", "TypeError", "RecursionError" },
    example = [[
      d = dict{a = list{}}
      local taken = d:pop("a")
      expect_refcnt(taken, 1)]],
  },
  {
    name = "dict:popitem", signature = "d:popitem()",
    meaning = "Takes out the newest pair; in 2.7, where a dict keeps no order, the next in its table.",
    results = "the key and the value", errors = { "KeyError" },
    example = [[
      d = dict{{"b", 2}}
      local k, v = d:popitem()
      expect_eq(k, "b")
      expect_eq(v, 2)]],
  },
  {
    name = "dict:setdefault", signature = "d:setdefault(k, v)", params = "k: value, v: value",
    args = { "\"c\"", "3" },
    meaning = "The value of the key `k`, which is first set to `v` if it is missing.",
    results = "the value", errors = { "TypeError", "RecursionError", "MemoryError" },
    example = [[
      d = dict{a = 1}
      expect_eq(d:setdefault("a", 5), 1)
      expect_eq(d:setdefault("b", 5), 5)]],
  },
  {
    name = "dict:update", signature = "d:update(x)", params = "x: iterable", args = { "dict{c = 3}" },
    meaning = "Stores every pair of another dict, or of a sequence of pairs.",
    errors = { "TypeError", "ValueError", "RuntimeError", "MemoryError" },
    example = [[
      d = dict{a = 1}
      d:update(dict{a = 2, b = 3})
      expect_eq(d, dict{a = 2, b = 3})]],
  },
  {
    name = "dict:clear", signature = "d:clear()",
    meaning = "Releases everything in order of insertion, each key before its value.",
    errors = {},
    example = [[
      d = dict{a = 1}
      d:clear()
      expect_eq(#d, 0)]],
  },
  {
    name = "dict:copy", signature = "d:copy()",
    meaning = "A new dict of the same keys and values. Its head may come from the free list.",
    results = "the new dict", errors = { "MemoryError" },
    example = [[
      d = dict{a = 1}
      e = d:copy()
      expect_eq(d, e)
      expect_distinct(d, e)]],
  },
  {
    name = "dict:contains", signature = "d:contains(k)", params = "k: value", args = { "\"a\"" },
    meaning = "Python's `k in d`.",
    results = "true or false", errors = { "TypeError", "RecursionError" },
    example = [[
      d = dict{a = 1}
      expect(d:contains("a") and not d:contains(1))]],
  },
  {
    name = "#dict", signature = "#d", call = "_ = #d",
    meaning = "Python's `len(d)`.",
    results = "a number", errors = {},
    example = [[
      expect_eq(#dict{a = 1}, 1)]],
  },
  {
    name = "keys", receiver = false, signature = "for k in keys(d)", params = "d: dict", args = { "d" },
    call = "for _ in keys(d) do break end",
    meaning = "Walks the keys in order of insertion. A change of the dict's size meanwhile is an error.",
    results = "what a `for` needs", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      local seen = {}
      for k in keys(dict{b = 1, a = 2}) do seen[#seen + 1] = value(k) end
      expect_eq(seen, {"a", "b"})]],
  },
  {
    name = "items", receiver = false, signature = "for k, v in items(d)", params = "d: dict", args = { "d" },
    call = "for _ in items(d) do break end",
    meaning = "Walks the pairs in order of insertion. A change of the dict's size meanwhile is an error.",
    results = "what a `for` needs", errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      local sum = 0
      for _, v in items(dict{a = 1, b = 2}) do sum = sum + value(v) end
      expect_eq(sum, 3)]],
  },
}

-- ---------------------------------------------------------------------------- sets --

section {
  group = "set", title = "Sets", receiver = "set", given = "s = set{1, 2, 3}",
  {
    name = "set:add", signature = "s:add(x)", params = "x: value",
    meaning = "Puts `x` in unless an equal element is there.",
    errors = { "TypeError", "RecursionError", "MemoryError" },
    example = [[
      s = set{1}
      s:add(1.0)
      s:add("a")
      expect_eq(#s, 2)]],
  },
  {
    name = "set:discard", signature = "s:discard(x)", params = "x: value", args = { "2" },
    meaning = "Takes out `x` if it is there; no error if it is not.",
    errors = { "TypeError", "RecursionError" },
    example = [[
      s = set{1, 2}
      s:discard(2)
      s:discard(5)
      expect_eq(s, set{1})]],
  },
  {
    name = "set:remove", signature = "s:remove(x)", params = "x: value", args = { "2" },
    meaning = "Takes out `x`, which must be there.",
    errors = { "KeyError", "TypeError", "RecursionError" },
    example = [[
      s = set{1}
      s:remove(1)
      expect_error("KeyError", function() s:remove(1) end)]],
  },
  {
    name = "set:pop", signature = "s:pop()",
    meaning = "Takes out the element that comes first in the table, as CPython does.",
    results = "the element", errors = { "KeyError" },
    example = [[
      s = set{3}
      expect_eq(s:pop(), 3)
      expect_eq(#s, 0)]],
  },
  {
    name = "set:update", signature = "s:update(x)", params = "x: iterable",
    meaning = "Adds every item of `x`.",
    errors = { "TypeError", "RuntimeError", "MemoryError" },
    example = [[
      s = set{1}
      s:update(list{1, 2})
      expect_eq(s, set{1, 2})]],
  },
  {
    name = "set:contains", signature = "s:contains(x)", params = "x: value",
    meaning = "Python's `x in s`.",
    results = "true or false", errors = { "TypeError", "RecursionError" },
    example = [[
      s = set{1}
      expect(s:contains(1) and not s:contains("1"))]],
  },
  {
    name = "set:clear", signature = "s:clear()",
    meaning = "Releases all elements, in the table's order.",
    errors = {},
    example = [[
      s = set{1, 2}
      s:clear()
      expect_eq(#s, 0)]],
  },
  {
    name = "set:copy", signature = "s:copy()",
    meaning = "A new set of the same elements.",
    results = "the new set", errors = { "MemoryError" },
    example = [[
      s = set{1, 2}
      expect_eq(s:copy(), s)
      expect_distinct(s:copy(), s)]],
  },
  {
    name = "#set", signature = "#s", call = "_ = #s",
    meaning = "Python's `len(s)`.",
    results = "a number", errors = {},
    example = [[
      expect_eq(#set{1, 1, 2}, 2)]],
  },
}

-- ----------------------------------------------------------------------- instances --

section {
  group = "object", title = "Instances", receiver = "instance", given = "o = object{size = 3}",
  {
    name = "object.name", signature = "o.name", call = "_ = o.size",
    meaning = "The attribute. A missing one is an AttributeError.",
    results = "the value", errors = { "AttributeError" },
    example = [[
      o = object{size = 3}
      expect_eq(o.size, 3)
      expect_error("AttributeError", function() return o.color end)]],
  },
  {
    name = "object.name=", signature = "o.name = x", call = "o.size = 4",
    meaning = "Sets the attribute: the instance holds one reference to `x`. The name is interned. Up to 3.10 "
      .. "the first attribute makes the instance's dict.",
    errors = { "MemoryError" },
    example = [[
      o = object{}
      o.self = o
      expect_refcnt(o, 2)]],
  },
  {
    name = "object.name=nil", signature = "o.name = nil", call = "o.size = nil",
    meaning = "Python's `del o.name`.",
    errors = { "AttributeError" },
    example = [[
      o = object{}
      o.self = o
      o.self = nil
      expect_refcnt(o, 1)]],
  },
}

-- ----------------------------------------------------------------------- operators --

section {
  group = "operators", title = "Operators", given = "a, b = int(7), int(2)",
  {
    name = "+", signature = "a + b", call = "_ = a + b",
    meaning = "Python's `+`: adds numbers, joins two strings, lists or tuples. One side may be a Lua value. "
      .. "An int result beyond 64 bits is an OverflowError.",
    results = "the new object", errors = { "TypeError", "OverflowError", "MemoryError" },
    example = [[
      expect_eq(int(1) + 2, 3)
      expect_eq(list{1} + list{2}, list{1, 2})]],
  },
  {
    name = "-", signature = "a - b, -a", call = "_ = a - b",
    meaning = "Python's `-` of numbers.",
    results = "the new object", errors = { "TypeError", "OverflowError", "MemoryError" },
    example = [[
      expect_eq(int(1) - 3, -2)
      expect_eq(-int(4), -4)]],
  },
  {
    name = "*", signature = "a * b", call = "_ = a * b",
    meaning = "Python's `*`: multiplies numbers, repeats a string, list or tuple.",
    results = "the new object", errors = { "TypeError", "OverflowError", "MemoryError" },
    example = [[
      expect_eq(int(6) * 7, 42)
      expect_eq(list{0} * 3, list{0, 0, 0})]],
  },
  {
    name = "//", signature = "a // b", call = "_ = a // b",
    meaning = "Python's `//`: the quotient rounded down.",
    results = "the new object", errors = { "TypeError", "ZeroDivisionError", "OverflowError", "MemoryError" },
    example = [[
      expect_eq(int(-7) // 2, -4)]],
  },
  {
    name = "/", signature = "a / b", call = "_ = a / b",
    meaning = "Python's `/`: always a float.",
    results = "the new float", errors = { "TypeError", "ZeroDivisionError", "MemoryError" },
    example = [[
      expect_eq(int(7) / 2, 3.5)
      expect_error("ZeroDivisionError", function() return int(1) / 0 end)]],
  },
  {
    name = "%", signature = "a % b", call = "_ = a % b",
    meaning = "Python's `%` of numbers: the remainder has the divisor's sign.",
    results = "the new object", errors = { "TypeError", "ZeroDivisionError", "MemoryError" },
    example = [[
      expect_eq(int(-7) % 3, 2)]],
  },
  {
    name = "..", signature = "a .. b", given = "a, b = str \"x\", str \"y\"", call = "_ = a .. b",
    meaning = "Joins two strings, as Python's `+` does.",
    results = "the new str", errors = { "TypeError", "MemoryError" },
    example = [[
      expect_eq(str "wu" .. "peiqi", "wupeiqi")]],
  },
  {
    name = "==", signature = "a == b", call = "_ = a == b",
    meaning = "Python's `==` between two heap objects. Lua never asks it for an object and a Lua value: "
      .. "`int(5) == 5` is false. Use `eq` or `expect_eq` there.",
    results = "true or false", errors = { "RecursionError" },
    example = [[
      expect(list{1} == list{1.0})
      expect((int(5) == 5) == false)]],
  },
  {
    name = "<", signature = "a < b", call = "_ = a < b",
    meaning = "Python's `<` of numbers, strings, lists, tuples and sets.",
    results = "true or false", errors = { "TypeError", "RecursionError" },
    example = [[
      expect(int(1) < int(2))
      expect_error("TypeError", function() return int(1) < str "a" end)]],
  },
  {
    name = "<=", signature = "a <= b", call = "_ = a <= b",
    meaning = "Python's `<=` of numbers, strings, lists, tuples and sets.",
    results = "true or false", errors = { "TypeError", "RecursionError" },
    example = [[
      expect(tuple{1, 2} <= tuple{1, 3})]],
  },
}

-- ----------------------------------------------------------------- weak references --

section {
  group = "weak", title = "Weak references", given = "x = set{1}",
  {
    name = "weakref.ref", signature = "weakref.ref(x[, callback])", params = "x: object, callback: function?",
    meaning = "A weak reference: it does not count. Sets, frozensets and instances can have them. Without a "
      .. "callback the one that exists is given again; with one it is always a new object. The callback is called "
      .. "with the reference when its object dies first.",
    results = "the weak reference, an object of its own", errors = { "TypeError", "MemoryError" },
    example = [[
      x = set{1}
      w = weakref.ref(x)
      expect_refcnt(x, 1)
      expect_same(weakref.ref(x), w)]],
  },
  {
    name = "weakref()", receiver = "weakref", signature = "w()", given = "x = set{1} w = weakref.ref(x)",
    call = "w()",
    meaning = "The object, or None when it has died.",
    results = "the object or None", errors = {},
    example = [[
      x = set{1}
      w = weakref.ref(x)
      expect_same(w(), x)
      x = nil
      expect_same(w(), None)]],
  },
}

-- ----------------------------------------------------------------------------- sys --

section {
  group = "sys", title = "Python's sys module", given = "x = list{1, 2}",
  {
    name = "sys.getrefcount", signature = "sys.getrefcount(x)", params = "x: object",
    meaning = "Python's `sys.getrefcount(x)`: one more than `refcnt(x)`, because in Python the argument itself "
      .. "holds a reference while it is counted. From 3.14 on it does not where `x` is a name of the running frame.",
    results = "a number", errors = {},
    example = [[
      x = list{}
      expect_eq(sys.getrefcount(x), 2)
      expect_eq(refcnt(x), 1)]],
  },
  {
    name = "sys.getsizeof", signature = "sys.getsizeof(x[, default])", params = "x: object, default: any?",
    meaning = "The bytes that the object takes in this release's ordinary build, its head for the collector "
      .. "included; what it refers to is not counted. Every object has a size, so that the default is never given.",
    results = "a number", errors = {},
    example = [[
      local empty = sys.getsizeof(list{})
      expect_eq(sys.getsizeof(list{1, 2}), empty + 16)]],
  },
  {
    name = "sys.intern", signature = "sys.intern(s)", params = "s: value", args = { "\"text\"" },
    meaning = "The interned str with this text: the first equal one that was interned, or `s` itself, which "
      .. "becomes it. It lives for ever only in 3.12; otherwise as long as someone holds it. "
      .. "In 2.7 Python calls this function `intern`.",
    results = "the interned str", errors = { "TypeError", "MemoryError" },
    example = [[
      a = sys.intern(str "wu peiqi")
      b = sys.intern(str "wu peiqi")
      expect_same(a, b)]],
  },
  {
    name = "sys.getobjects", signature = "sys.getobjects(limit[, type])", params = "limit: integer, type: type?",
    args = { "5" },
    meaning = "The newest objects of the refchain, at most `limit` of them, 0 for all, none for a negative limit "
      .. "(from 3.13 on: all); of one type if it is named. Only a CPython built with trace-refs has it. Releases "
      .. "whose small ints, characters, `\"\"` and `()` are part of the interpreter leave these out.",
    results = "a sequence of objects, the newest first", errors = { "TypeError" },
    example = [[
      a, b = list{}, list{}
      local newest = sys.getobjects(2, "list")
      expect_same(newest[1], b)
      expect_same(newest[2], a)]],
  },
}

-- ------------------------------------------------------------------------------ gc --

section {
  group = "gc", title = "Python's gc module", given = "x = list{1}",
  {
    name = "gc.collect", signature = "gc.collect([generation])", params = "generation: integer?",
    meaning = "Collects the generation and every younger one, all by default, and says how many unreachable "
      .. "objects were found. While a collection is running it does nothing and gives 0. A full one empties the "
      .. "free lists. The generation may be named: gc.collect{generation = 0}.",
    results = "a number", errors = { "ValueError", "OverflowError" },
    example = [[
      v1 = list{}
      v1:append(v1)
      del "v1"
      expect_eq(gc.collect(), 1)]],
  },
  {
    name = "gc.enable", signature = "gc.enable()",
    meaning = "Switches automatic collection on, as it is at the start.",
    errors = {},
    example = [[
      gc.disable()
      gc.enable()
      expect(gc.isenabled())]],
  },
  {
    name = "gc.disable", signature = "gc.disable()",
    meaning = "Switches automatic collection off. The counters go on counting.",
    errors = {},
    example = [[
      gc.disable()
      expect(not gc.isenabled())]],
  },
  {
    name = "gc.isenabled", signature = "gc.isenabled()",
    meaning = "Whether automatic collection is on.",
    results = "true or false", errors = {},
    example = [[
      expect(gc.isenabled())]],
  },
  {
    name = "gc.get_count", signature = "gc.get_count()",
    meaning = "The three counters: net allocations of containers since the last collection, collections of "
      .. "generation 0 since the last of 1, of 1 since the last of 2. An object from a free list does not count.",
    results = "three numbers", errors = {},
    example = [[
      gc.collect()
      x = set{}
      expect_eq(gc.get_count(), 1)]],
  },
  {
    name = "gc.get_threshold", signature = "gc.get_threshold()",
    meaning = "The three thresholds. A collection starts when a counter is greater than its threshold, so the "
      .. "701st allocation starts it when the first is 700.",
    results = "three numbers", errors = {},
    example = [[
      gc.set_threshold(700, 10, 10)
      expect_eq({gc.get_threshold()}, {700, 10, 10})]],
  },
  {
    name = "gc.set_threshold", signature = "gc.set_threshold(t0[, t1[, t2]])",
    params = "t0: integer, t1: integer?, t2: integer?", args = { "700" },
    meaning = "Sets the thresholds; those left out stay. 0 as the first switches automatic collection off.",
    errors = { "OverflowError" },
    example = [[
      gc.set_threshold(50, 5)
      local t0, t1 = gc.get_threshold()
      expect_eq({t0, t1}, {50, 5})]],
  },
  {
    name = "gc.get_debug", signature = "gc.get_debug()",
    meaning = "The debug flags, 0 at the start.",
    results = "a number", errors = {},
    example = [[
      expect_eq(gc.get_debug(), 0)]],
  },
  {
    name = "gc.set_debug", signature = "gc.set_debug(flags)", params = "flags: integer",
    meaning = "Sets the debug flags, a sum of gc.DEBUG_… numbers. What they report goes to stderr.",
    errors = { "OverflowError" },
    example = [[
      gc.set_debug(gc.DEBUG_SAVEALL)
      expect_eq(gc.get_debug(), gc.DEBUG_SAVEALL)]],
  },
  {
    name = "gc.DEBUG_STATS", signature = "gc.DEBUG_STATS", call = "_ = gc.DEBUG_STATS",
    meaning = "Flag 1: each collection reports what it found.",
    results = "1", errors = {},
    example = [[
      expect_eq(gc.DEBUG_STATS, 1)]],
  },
  {
    name = "gc.DEBUG_COLLECTABLE", signature = "gc.DEBUG_COLLECTABLE", call = "_ = gc.DEBUG_COLLECTABLE",
    meaning = "Flag 2: each unreachable object is reported (2.7: only with DEBUG_OBJECTS).",
    results = "2", errors = {},
    example = [[
      expect_eq(gc.DEBUG_COLLECTABLE, 2)]],
  },
  {
    name = "gc.DEBUG_UNCOLLECTABLE", signature = "gc.DEBUG_UNCOLLECTABLE", call = "_ = gc.DEBUG_UNCOLLECTABLE",
    meaning = "Flag 4: each object that cannot be freed is reported.",
    results = "4", errors = {},
    example = [[
      expect_eq(gc.DEBUG_UNCOLLECTABLE, 4)]],
  },
  {
    name = "gc.DEBUG_SAVEALL", signature = "gc.DEBUG_SAVEALL", call = "_ = gc.DEBUG_SAVEALL",
    meaning = "Flag 32: what is found is kept in gc.garbage instead of being freed.",
    results = "32", errors = {},
    example = [[
      gc.set_debug(gc.DEBUG_SAVEALL)
      v1 = list{}
      v1:append(v1)
      v1 = nil
      expect_collect(1)
      expect_eq(#gc.garbage, 1)]],
  },
  {
    name = "gc.DEBUG_LEAK", signature = "gc.DEBUG_LEAK", call = "_ = gc.DEBUG_LEAK",
    meaning = "DEBUG_COLLECTABLE, DEBUG_UNCOLLECTABLE and DEBUG_SAVEALL together, in 2.7 DEBUG_INSTANCES and "
      .. "DEBUG_OBJECTS, too.",
    results = "38; in 2.7: 62", errors = {},
    example = [[
      expect_eq(gc.DEBUG_LEAK, heap.profile.debug_kinds and 62 or 38)]],
  },
  {
    name = "gc.DEBUG_INSTANCES", signature = "gc.DEBUG_INSTANCES", call = "_ = gc.DEBUG_INSTANCES",
    meaning = "Flag 8, of 2.7 only: instances of old-style classes are reported. The lab has none of these.",
    results = "8", errors = {},
    example = [[
      needs "gc.DEBUG_INSTANCES"
      expect_eq(gc.DEBUG_INSTANCES, 8)]],
  },
  {
    name = "gc.DEBUG_OBJECTS", signature = "gc.DEBUG_OBJECTS", call = "_ = gc.DEBUG_OBJECTS",
    meaning = "Flag 16, of 2.7 only: all other objects are reported.",
    results = "16", errors = {},
    example = [[
      needs "gc.DEBUG_OBJECTS"
      expect_eq(gc.DEBUG_OBJECTS, 16)]],
  },
  {
    name = "gc.get_objects", signature = "gc.get_objects([generation])", params = "generation: integer?",
    meaning = "The tracked objects of a generation, from its head, or of all three; frozen ones are left out. "
      .. "Collections change the order. The generation may be named: gc.get_objects{generation = 0}.",
    results = "a sequence of objects", errors = { "ValueError" },
    example = [[
      needs "has_generation_objects"
      gc.collect()
      x = list{}
      expect_same(gc.get_objects(0)[1], x)]],
  },
  {
    name = "gc.get_referrers", signature = "gc.get_referrers(x, …)", params = "x: object...", args = { "x" },
    meaning = "The tracked objects that refer to any of the arguments directly. Names are not objects here, so "
      .. "they do not appear.",
    results = "a sequence of objects", errors = {},
    example = [[
      x = list{}
      holder = list{x}
      expect_same(gc.get_referrers(x)[1], holder)]],
  },
  {
    name = "gc.get_referents", signature = "gc.get_referents(x, …)", params = "x: object...", args = { "x" },
    meaning = "The objects that the arguments refer to directly, in the order in which the collector visits "
      .. "them: lists and tuples from the last item to the first. Nothing is left out for being there twice.",
    results = "a sequence of objects", errors = {},
    example = [[
      x = list{1, 2}
      expect_eq(gc.get_referents(x)[1], 2)]],
  },
  {
    name = "gc.is_tracked", signature = "gc.is_tracked(x)", params = "x: object",
    meaning = "Whether the collector has the object in its sights. Numbers and strings never are; a dict of such "
      .. "only from 3.14 on.",
    results = "true or false", errors = {},
    example = [[
      expect(gc.is_tracked(list{}))
      expect(not gc.is_tracked(int(5)))]],
  },
  {
    name = "gc.is_finalized", signature = "gc.is_finalized(x)", params = "x: object", since = "3.9",
    meaning = "Whether the object's finalizer has run: it runs once in an object's life, also if that goes on.",
    results = "true or false", errors = {},
    example = [[
      needs "gc.is_finalized"
      x = object{}
      expect(not gc.is_finalized(x))]],
  },
  {
    name = "gc.get_stats", signature = "gc.get_stats()", since = "3.6",
    meaning = "For each generation a table with `collections`, `collected` and `uncollectable`; from 3.15 on also "
      .. "`candidates`, the objects looked at, and `duration` in seconds.",
    results = "a sequence of three tables", errors = {},
    example = [[
      needs "gc.get_stats"
      local before = gc.get_stats()[3].collections
      gc.collect()
      expect_eq(gc.get_stats()[3].collections, before + 1)]],
  },
  {
    name = "gc.freeze", signature = "gc.freeze()", since = "3.7",
    meaning = "Moves everything tracked into the permanent generation, which no collection looks at, and sets "
      .. "the counters to 0.",
    errors = {},
    example = [[
      needs "gc.freeze"
      x = list{}
      gc.freeze()
      expect_eq(heap.generation(x), "permanent")]],
  },
  {
    name = "gc.unfreeze", signature = "gc.unfreeze()", since = "3.7",
    meaning = "Moves the permanent generation to the end of generation 2.",
    errors = {},
    example = [[
      needs "gc.freeze"
      x = list{}
      gc.freeze()
      gc.unfreeze()
      expect_eq(heap.generation(x), 2)]],
  },
  {
    name = "gc.get_freeze_count", signature = "gc.get_freeze_count()", since = "3.7",
    meaning = "How many objects are in the permanent generation: none before gc.freeze(). CPython 3.12 starts "
      .. "with some: its collections put the immortal containers of start-up there; the lab's heap has none of these.",
    results = "a number", errors = {},
    example = [[
      needs "gc.freeze"
      x = list{}
      gc.freeze()
      expect(gc.get_freeze_count() >= 1)]],
  },
  {
    name = "gc.callbacks", signature = "gc.callbacks", since = "3.6", call = "_ = #gc.callbacks",
    meaning = "The functions called at the start and the end of each collection with (phase, info): phase is "
      .. "\"start\" or \"stop\", info has generation, collected and uncollectable, from 3.15 on also candidates "
      .. "and duration. `#gc.callbacks` counts them.",
    results = "the sequence", errors = {},
    example = [[
      needs "gc.callbacks"
      local phases = {}
      gc.callbacks:append(function(phase) phases[#phases + 1] = phase end)
      gc.collect()
      expect_eq(phases, {"start", "stop"})]],
  },
  {
    name = "gc.callbacks:append", signature = "gc.callbacks:append(f)", params = "f: function",
    meaning = "Adds a callback. Its errors are reported on stderr and do not stop the collection.",
    errors = { "MemoryError" },
    example = [[
      needs "gc.callbacks"
      gc.callbacks:append(function() end)
      expect_eq(#gc.callbacks, 1)]],
  },
  {
    name = "gc.callbacks:remove", signature = "gc.callbacks:remove(f)", params = "f: function",
    given = "local f = function() end gc.callbacks:append(f)", args = { "f" },
    meaning = "Takes a callback out again.",
    errors = { "ValueError" },
    example = [[
      needs "gc.callbacks"
      local f = function() end
      gc.callbacks:append(f)
      gc.callbacks:remove(f)
      expect_eq(#gc.callbacks, 0)]],
  },
  {
    name = "gc.garbage", signature = "gc.garbage", call = "_ = #gc.garbage",
    meaning = "What was found unreachable and could not be freed, or was kept by DEBUG_SAVEALL: a sequence from 1 "
      .. "that holds a reference to each object.",
    results = "the sequence", errors = {},
    example = [[
      expect_eq(#gc.garbage, 0)]],
  },
  {
    name = "gc.garbage:clear", signature = "gc.garbage:clear()",
    meaning = "Releases everything in gc.garbage. A cycle among it is found again by the next collection.",
    errors = {},
    example = [[
      gc.garbage:clear()
      expect_eq(#gc.garbage, 0)]],
  },
}

-- ---------------------------------------------------------------------------- heap --

section {
  group = "heap", title = "The heap", given = "x = list{1}",
  {
    name = "heap.profile", signature = "heap.profile", call = "_ = heap.profile.name",
    meaning = "What this heap's release does: `name` and every field, as `refchain profiles` lists them; and "
      .. "`sources`, which says of each field where its value comes from: of one that was set, \"yours\".",
    results = "a table", errors = {},
    example = [[
      expect_eq(type(heap.profile.name), "string")
      expect(heap.profile.list_free >= 0)
      local own = heap.new{float_free = 0}
      expect_eq(own.heap.profile.name, heap.profile.name .. " with float_free = 0")
      expect_eq(own.heap.profile.sources.float_free, "yours")]],
  },
  {
    name = "heap.refchain", signature = "for x in heap.refchain()", call = "for _ in heap.refchain() do break end",
    meaning = "Walks the refchain, the ring of all live objects, from the newest to the oldest.",
    results = "what a `for` needs", errors = { "RuntimeError", "MemoryError" },
    example = [[
      a = list{}
      local newest
      for x in heap.refchain() do newest = x break end
      expect_same(newest, a)]],
  },
  {
    name = "heap.live", signature = "heap.live([type])", params = "type: type?",
    meaning = "How many objects are alive, of one type if it is named.",
    results = "a number", errors = { "TypeError" },
    example = [[
      local before = heap.live("list")
      a = list{list{}}
      expect_eq(heap.live("list"), before + 2)]],
  },
  {
    name = "heap.generation", signature = "heap.generation(x)", params = "x: object",
    meaning = "The generation that the object is in: 0, 1, 2, \"permanent\", or nil when it is not tracked. It moves "
      .. "on each time it survives a collection.",
    results = "a number, \"permanent\" or nil", errors = {},
    example = [[
      x = list{}
      expect_eq(heap.generation(x), 0)
      gc.collect(0)
      expect_eq(heap.generation(x), 1)]],
  },
  {
    name = "heap.generations", signature = "heap.generations()",
    meaning = "The three generations with their sizes, counters and thresholds, and the permanent one.",
    results = "a sequence of tables", errors = {},
    example = [[
      expect_eq(heap.generations()[1].threshold, (gc.get_threshold()))]],
  },
  {
    name = "heap.freelist", signature = "heap.freelist(type[, length])", params = "type: type, length: integer?",
    meaning = "How many dead objects of the type wait on its free list, and how many it can hold. Tuples have one "
      .. "for each length.",
    results = "two numbers: size and capacity", errors = { "ValueError" },
    example = [[
      gc.collect()
      drop(float(3.14))
      expect_eq(heap.freelist("float"), 1)]],
  },
  {
    name = "heap.caches", signature = "heap.caches()",
    meaning = "The small-int pool, the character cache, the intern table and the free lists with their sizes, "
      .. "hits and misses.",
    results = "a table", errors = {},
    example = [[
      expect_eq(type(heap.caches()), "table")]],
  },
  {
    name = "heap.stats", signature = "heap.stats()",
    meaning = "Counts of this heap's life: births, live objects, collections.",
    results = "a table", errors = {},
    example = [[
      expect_eq(type(heap.stats()), "table")]],
  },
  {
    name = "heap.memory", signature = "heap.memory()",
    meaning = "Bytes in use, at the peak and committed, the limit, and how many blocks were handed out and given "
      .. "back.",
    results = "a table", errors = {},
    example = [[
      local before = heap.memory().used
      a = list(tuple{1, 2, 3})
      expect(heap.memory().used > before)]],
  },
  {
    name = "heap.check", signature = "heap.check()",
    meaning = "Verifies every invariant of the heap; a broken one is a bug of the lab and ends the scenario.",
    results = "true", errors = { "RuntimeError" },
    example = [[
      heap.check()]],
  },
  {
    name = "heap.snapshot", signature = "heap.snapshot()",
    meaning = "All live objects with what they refer to, as plain tables. Taking it changes nothing; from then on "
      .. "the lab remembers how objects die, for `heap.diff`.",
    results = "a table", errors = { "MemoryError" },
    example = [[
      expect_eq(type(heap.snapshot()), "table")]],
  },
  {
    name = "heap.dot", signature = "heap.dot()",
    meaning = "Names, objects with their counts, and references in the language of Graphviz (`dot -Tsvg` draws it): "
      .. "cycles in boxes, garbage hatched and named; at most 150 boxes, in which objects that are alike are "
      .. "folded. With `refchain run "
      .. "--out DIR` it is also written to a file there.",
    results = "a string", errors = { "MemoryError" },
    example = [[
      a = list{1}
      expect_eq(string.find(heap.dot(), "digraph"), 1)]],
  },
  {
    name = "heap.svg", signature = "heap.svg([part])", params = "part: string?", args = { "\"refchain\"" },
    meaning = "A picture of the heap as SVG, or one part of it: \"objects\" (names, objects and references, cycles "
      .. "framed, garbage hatched and named), \"refchain\" (the ring), \"generations\" or \"caches\". Of many "
      .. "objects those that are alike are folded, with their number, and garbage never with what lives. "
      .. "Graphviz's program `dot` arranges the objects; without it that part says so, and the others are drawn. "
      .. "With `refchain run --out DIR` it is also written to a file there.",
    results = "a string", errors = { "ValueError", "MemoryError" },
    example = [[
      a = list{1}
      expect_eq(string.find(heap.svg "generations", "<svg"), 1)]],
  },
  {
    name = "heap.on", signature = "heap.on(event, f)", params = "event: event, f: function",
    meaning = "Calls `f` with a table for each such event, when the word that caused it is done: \"created\", "
      .. "\"destroyed\", \"memory_returned\", \"count_changed\", \"tracked\", \"untracked\", "
      .. "\"generation_changed\", \"collection_started\", \"collection_finished\", \"weakref_cleared\", "
      .. "\"finalizer_called\". What handlers do themselves is not told. How long a collection took is told to a "
      .. "trusted scenario only.",
    results = "a function that ends it",
    errors = { "TypeError", "ValueError", "MemoryError" },
    example = [[
      local seen = {}
      heap.on("destroyed", function(e) seen[#seen + 1] = e.type end)
      drop(list{})
      expect_eq(seen, {"list"})]],
  },
  {
    name = "heap.new", signature = "heap.new{profile = \"3.8\", …}", params = "options: table?", call = "heap.new{}",
    meaning = "A second heap with names and words of its own: `local py = heap.new{…}`, `py.x = py.list{}`. Any "
      .. "field of a profile may be set beside `profile`. Objects of two heaps cannot meet.",
    results = "its environment", errors = { "ValueError", "MemoryError" },
    example = [[
      local py = heap.new{profile = "3.8", float_free = 0}
      py.drop(py.float(3.14))
      expect_eq(py.heap.freelist("float"), 0)]],
  },
}

-- ---------------------------------------------------------------------------- why --

section {
  group = "why", title = "Asking why", given = "x = list{1}",
  {
    name = "why", signature = "why(x)", params = "x: handle",
    meaning = "What keeps `x` alive: every holder (as many as its count), the shortest way to it from a name, and "
      .. "which reference's removal alone would free it. Of garbage: the cycle that keeps it, who will free it and "
      .. "when. Of a dead object: how it died. The answer prints as sentences; its fields are the facts: `holders` "
      .. "(the first 1000; `holder_count` is the number of all), `reach` (\"name\", \"temporary\", \"other\", "
      .. "\"garbage\"), `path`, `cycle`, `removals` and more; it prints the first dozen holders. It lets go of lost "
      .. "temporaries, as refcnt does; beyond that asking changes nothing.",
    results = "an answer", errors = { "TypeError", "MemoryError" },
    example = [[
      v1 = list{}
      v2 = list{v1}
      expect_eq(why(v1).holders, {"name v1", "list #2 [0]"})
      v2:append(v2)
      local was_v2 = v2
      del("v2")
      expect_eq(why(was_v2).reach, "garbage")
      print(why(was_v2))]],
  },
  {
    name = "heap.diff", signature = "heap.diff(a[, b])", params = "a: table, b: table?", args = { "a" },
    given = "local a = heap.snapshot()",
    meaning = "What has changed between two moments that `heap.snapshot()` took, or from `a` until now: objects "
      .. "that were born, that died (and how: by count or by the collector, and where), whose count or generation "
      .. "is another. The answer prints as sentences; its fields are `born`, `died`, `counts`, `generations` and "
      .. "`passing`, the number of those that were born and died again; it prints the first dozen of each, the fields "
      .. "have all. What start-up made (None, small ints …) is left out. It lets go of lost temporaries, as refcnt "
      .. "does; beyond that asking changes nothing.",
    results = "an answer", errors = { "TypeError", "ValueError", "MemoryError" },
    example = [[
      v1 = list{}
      local a = heap.snapshot()
      v2 = list{v1}
      v1 = nil
      local difference = heap.diff(a)
      expect_eq(#difference.born, 1)
      expect_eq(#difference.died, 0)
      v2 = nil
      expect_eq(heap.diff(a).died[1].by, "count")]],
  },
  {
    name = "gc.forecast", signature = "gc.forecast()",
    meaning = "When the next automatic collection comes, of which generation, and what holds a full one back. The "
      .. "answer prints as sentences; its fields: automatic, enabled, collecting, requested, deferred (an allocation "
      .. "only requests it), allocations (of containers, less those released, up to the one that starts or requests "
      .. "it), generation, generations (as heap.generations(), with collections: how many more of the next younger "
      .. "one make its counter pass), full_collections (that have run), quarter_rule, long_lived_pending, "
      .. "long_lived_total, wanted, held_back.",
    results = "an answer", errors = {},
    example = [[
      gc.set_threshold(700)
      local forecast = gc.forecast()
      expect(forecast.allocations <= 701)
      expect_eq(forecast.generation, 0)]],
  },
  {
    name = "gc.explain", signature = "gc.explain()",
    meaning = "The last collection that has ended: what started it and where, why this generation, and what it found. "
      .. "The answer prints as sentences; its fields: number (0: there was none yet), generation, automatic, cause "
      .. "and place (the lines that asked for it and that it ran at), trigger (type and birth of the allocation), "
      .. "counts, thresholds, and as in gc.forecast() the long-lived, all as they were then; visited, survivors, "
      .. "untracked, unreachable, uncollectable, weakrefs_cleared, callbacks_called, finalizers_called, kept, "
      .. "kept_objects (the first of them that live, with who holds each now), trash, destroyed; in a trusted "
      .. "scenario nanoseconds.",
    results = "an answer", errors = {},
    example = [[
      gc.collect()
      expect_eq(gc.explain().generation, 2)
      expect_eq(gc.explain().automatic, false)]],
  },
  {
    name = "gc.steps", signature = "for phase in gc.steps([generation]) do", params = "generation: integer?",
    target = "gc.steps", call = "for _ in gc.steps() do end",
    meaning = "Walks one collection of a generation (2 if none is named) phase by phase: merge, subtract, separate, "
      .. "weakrefs, finalize, resurrect, delete. A phase prints as its name, its meaning and a table of its objects; "
      .. "it has name, meaning, and objects: for each its birth, type, text, refcount, verdict, "
      .. "and where the collector counts refs (its own copy of the count) and inside (the references from inside, "
      .. "taken off). The first three phases only look; the collection runs when the loop goes past separate, and "
      .. "leaving the loop before that gives it up: nothing has changed. Until the loop ends any word that "
      .. "would change the heap is refused. One loop at a time; one that no variable holds any more is over.",
    results = "a phase for each turn", errors = { "ValueError", "RuntimeError", "MemoryError" },
    example = [[
      x = list{}
      x:append(x)
      del "x"
      for phase in gc.steps() do
        if phase.name == "separate" then
          local last = phase.objects[#phase.objects]
          expect_eq(last.type, "list")
          expect_eq(last.refcount, 1)
          expect_eq(last.refs, 0)
          expect_eq(last.verdict, "unreachable")
        end
      end
      expect_live("list", 0)]],
  },
  {
    name = "ledger", signature = "ledger(x)", params = "x: handle",
    meaning = "Every change of the object's count, from its creation on, also when it is dead: an answer to print. "
      .. "Each of `changes` has `step` (its number among all changes of the heap), `change` (1, -1, or 0 for a "
      .. "reference that is handed over), `reason`, `holder` (\"name v1\", \"list #2\", \"temporary\"), `place` "
      .. "(FILE:LINE) and `count`, what refcnt(x) is after it. What running words hold their arguments with is left "
      .. "out, but for references that they made or took over. Of what start-up made `birth` is negative and "
      .. "`title` says what it is (\"None\", \"int 7\"); where a count is `pinned`, no change shows in it. "
      .. "`dropped` says how many changes of the heap are forgotten, for want of room; `complete`, whether none "
      .. "of this object's are. Recorded with `refchain run --ledger[=SIZE]`, and in the shell.",
    results = "an answer: type, birth, title, id, alive, immortal, pinned, count, born, death, changes, dropped, "
      .. "complete",
    errors = { "TypeError", "RuntimeError" },
    example = [[
      v1 = list{}
      v2 = list{v1}
      local last = ledger(v1).changes[#ledger(v1).changes]
      expect_eq(last.holder, "list #2")
      expect_eq(last.count, 2)]],
  },
  {
    name = "at", signature = "at(id)", params = "id: any", args = { "id(x)" },
    meaning = "Who has lived at an address, that of an object or a number that id(x) gave: an answer to print, and a "
      .. "sequence in order of birth. Each has `birth`, `type`, `title`, `born` (FILE:LINE), and is `alive` or has "
      .. "`died` (FILE:LINE) and `by` (what destroyed it). `dropped` says how many lives are forgotten, for want of "
      .. "room. Recorded as the ledger is.",
    results = "an answer: a sequence of lives, id, dropped",
    errors = { "TypeError", "RuntimeError" },
    example = [[
      v1 = list{}
      local address = id(v1)
      v1 = nil
      v2 = list{}
      expect_eq(id(v2), address)
      expect_eq(#at(address), 2)
      expect_eq(at(v2)[1].by, "v1 = nil")]],
  },
}

-- ------------------------------------------------------------------- expectations --

section {
  group = "expect", title = "Expectations", given = "x = list{1}",
  {
    name = "expect", signature = "expect(cond[, text])", params = "cond: any, text: string?", args = { "true" },
    meaning = "Fails unless the condition is true. A heap object counts by Python's truth.",
    errors = { "AssertionError" },
    example = [[
      expect(1 + 1 == 2, "arithmetic works")]],
  },
  {
    name = "expect_eq", signature = "expect_eq(a, b)", params = "a: any, b: any", args = { "x", "x" },
    meaning = "Fails unless both are equal: Lua tables deeply, heap objects by Python's `==`, a heap object and a "
      .. "Lua value by value. nil equals no object, None neither: write None.",
    errors = { "AssertionError", "RecursionError" },
    example = [[
      expect_eq(int(5), 5)
      expect_eq({1, {2}}, {1, {2}})
      expect_eq(list{1}, list{1.0})]],
  },
  {
    name = "expect_refcnt", signature = "expect_refcnt(x, n)", params = "x: object, n: integer", args = { "x", "1" },
    meaning = "Fails unless the object has `n` references. The failure says who holds them.",
    errors = { "AssertionError" },
    example = [[
      v1 = list{}
      v2 = list{v1}
      expect_refcnt(v1, 2)]],
  },
  {
    name = "expect_same", signature = "expect_same(a, b)", params = "a: object, b: object", args = { "x", "x" },
    meaning = "Fails unless both are one object.",
    errors = { "AssertionError" },
    example = [[
      expect_same(int(256), int(256))]],
  },
  {
    name = "expect_distinct", signature = "expect_distinct(a, b)", params = "a: object, b: object",
    args = { "x", "list{}" },
    meaning = "Fails if both are one object.",
    errors = { "AssertionError" },
    example = [[
      expect_distinct(list{}, list{})]],
  },
  {
    name = "expect_alive", signature = "expect_alive(x)", params = "x: handle",
    meaning = "Fails if the object has been destroyed.",
    errors = { "AssertionError" },
    example = [[
      v1 = list{}
      expect_alive(v1)]],
  },
  {
    name = "expect_dead", signature = "expect_dead(x)", params = "x: handle",
    given = "x = list{} local was_x = x x = nil", args = { "was_x" },
    meaning = "Fails if the object is still alive, and says who holds it.",
    errors = { "AssertionError" },
    example = [[
      v1 = list{}
      local it = v1
      del "v1"
      expect_dead(it)]],
  },
  {
    name = "expect_collect", signature = "expect_collect(n[, generation])",
    params = "n: integer, generation: integer?",
    meaning = "Runs a collection, of everything by default, and fails unless it finds `n` unreachable objects.",
    errors = { "AssertionError", "ValueError" },
    example = [[
      v1, v2 = list{}, list{}
      v1:append(v2)
      v2:append(v1)
      del("v1", "v2")
      expect_collect(2)]],
  },
  {
    name = "expect_count", signature = "expect_count(c0, c1, c2)", params = "c0: integer, c1: integer, c2: integer",
    given = "gc.collect()", args = { "0", "0", "0" },
    meaning = "Fails unless gc.get_count() gives these three numbers.",
    errors = { "AssertionError" },
    example = [[
      gc.collect()
      x = set{}
      expect_count(1, 0, 0)]],
  },
  {
    name = "expect_live", signature = "expect_live(type, n)", params = "type: type, n: integer",
    given = "", args = { "\"list\"", "0" },
    meaning = "Fails unless `n` objects of the type are alive.",
    errors = { "AssertionError", "ValueError" },
    example = [[
      a = list{list{}}
      expect_live("list", 2)]],
  },
  {
    name = "expect_error", signature = "expect_error(text, f)", params = "text: string, f: function",
    args = { "\"oops\"", "function() error(\"oops\") end" },
    meaning = "Calls `f` and fails unless it raises an error whose message holds the text, or else matches it as "
      .. "a Lua pattern.",
    results = "the error", errors = { "AssertionError" },
    example = [[
      expect_error("IndexError", function() return list{}[0] end)
      expect_error("dead object: list #%d+", function()
        v1 = list{}
        local it = v1
        v1 = nil
        return it[0]
      end)]],
  },
  {
    name = "assert…", signature = "assertEquals(actual, expected) …", call = "assertEquals(1, 1)", given = "",
    meaning = "LuaUnit's functions whose names begin with assert, fail or skip, under their own names.",
    errors = { "AssertionError" },
    example = [[
      assertEquals(#list{1, 2}, 2)
      assertStrContains(repr(list{}), "[")]],
  },
}

-- ---------------------------------------------------------------------- the story --

section {
  group = "story", title = "Telling the story",
  {
    name = "scenario", signature = "scenario \"title\"", params = "title: string",
    meaning = "Gives the scenario its title.",
    errors = {},
    example = [[
      scenario "a cycle of two lists"]],
  },
  {
    name = "step", signature = "step \"what happens now\"", params = "text: string",
    meaning = "Says what happens next. Temporaries that nobody can reach any more are let go here.",
    errors = {},
    example = [[
      step "each list is referred to by its name"]],
  },
  {
    name = "show", signature = "show(x, …)", params = "x: any, more: any...", args = { "list{1}" },
    meaning = "Prints each value on a line of its own: a heap object with its number, id, count and generation, a "
      .. "Lua string as it is. Below them it draws the containers among them and all that they lead to: names, "
      .. "objects and references as boxes and arrows, cycles framed, garbage hatched; more than 30 objects make a "
      .. "table. A number or string that only containers hold stands in their rows. `○` is a weak reference.",
    errors = {},
    example = [[
      v1 = list{1}
      show("before", v1)]],
  },
  {
    name = "needs", signature = "needs \"gc.freeze\"", params = "word: string", args = { "\"gc.collect\"" },
    meaning = "Skips the rest of the test on a profile without this word, or without this field of the profile.",
    errors = { "ValueError" },
    example = [[
      needs "gc.collect"
      needs "float_free"]],
  },
}

-- ------------------------------------------------------------------------- finding --

-- All names, in reading order.
function words.names()
  local names = {}
  for i, word in ipairs(words) do names[i] = word.name end
  return names
end

-- What `help "text"` means: the word of this name, or the words that contain it as
-- their last part ("append", "collect"), or whose group it is.
function words.find(text)
  if words.by_name[text] then return { words.by_name[text] } end
  local found = {}
  for _, word in ipairs(words) do
    local last = match(word.name, "[.:]([%w_]+)$")
    if last == text or word.group == text then found[#found + 1] = word end
  end
  return found
end

-- What a scenario can write first: plain names, and the first parts of dotted ones.
-- Sorted.
function words.globals()
  local seen, names = {}, {}
  for _, word in ipairs(words) do
    local name = not word.receiver and match(word.name, "^([%a_][%w_]*)%f[.:\0]")
    if name and not seen[name] then
      seen[name] = true
      names[#names + 1] = name
    end
  end
  sort(names)
  return names
end

-- The names of a type's methods, sorted: words.methods("list") has "append".
function words.methods(type_name)
  local names = {}
  for _, word in ipairs(words) do
    local method = word.receiver == type_name and match(word.name, ":([%w_]+)$")
    if method then names[#names + 1] = method end
  end
  sort(names)
  return names
end

return words
