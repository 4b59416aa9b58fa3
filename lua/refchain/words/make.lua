-- The words that make objects.

return {
  title = "Making objects",
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
