-- Python's sys module.

return {
  title = "Python's sys module", given = "x = list{1, 2}",
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
