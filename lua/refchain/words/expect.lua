-- The expectations.

return {
  title = "Expectations", given = "x = list{1}",
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
