-- What a dict can do.

return {
  title = "Dicts", receiver = "dict", given = "d = dict{a = 1, b = 2}",
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
