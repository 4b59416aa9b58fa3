-- What a list can do.

return {
  title = "Lists", receiver = "list", given = "l = list{1, 2, 3}",
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
