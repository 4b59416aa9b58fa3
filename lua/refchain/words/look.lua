-- Words that look at an object.

return {
  title = "Looking at an object", given = "x = list{1, 2}",
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
    meaning = "The object as it lies in memory: for each field its offset, bytes, field (what it is "
      .. "called) and value. First the head's four parts (next, prev, refcount, type), the size of a "
      .. "variable-size object, then its body.",
    results = "a sequence of tables", errors = {},
    example = [[
      local fields = layout(float(2.5))
      expect_eq(fields[3].field, "refcount")
      expect_eq(fields[3].offset, 16)
      expect_eq(fields[3].bytes, 4)
      expect_eq(fields[3].value, 1)]],
  },
}
