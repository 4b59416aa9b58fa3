-- What a set can do.

return {
  title = "Sets", receiver = "set", given = "s = set{1, 2, 3}",
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
