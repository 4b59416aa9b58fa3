-- What a tuple can do, and a frozenset.

return {
  title = "Tuples and frozensets", receiver = "tuple", given = "t = tuple{1, 2, 3}",
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
