-- The operators.

return {
  title = "Operators", given = "a, b = int(7), int(2)",
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
