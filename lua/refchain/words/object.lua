-- What an instance can do.

return {
  title = "Instances", receiver = "instance", given = "o = object{size = 3}",
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
