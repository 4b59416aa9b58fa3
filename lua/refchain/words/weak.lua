-- Words for weak references.

return {
  title = "Weak references", given = "x = set{1}",
  {
    name = "weakref.ref", signature = "weakref.ref(x[, callback])", params = "x: object, callback: function?",
    meaning = "A weak reference: it does not count. Sets, frozensets and instances can have them. Without a "
      .. "callback the one that exists is given again; with one it is always a new object. The callback is called "
      .. "with the reference when its object dies first.",
    results = "the weak reference, an object of its own", errors = { "TypeError", "MemoryError" },
    example = [[
      x = set{1}
      w = weakref.ref(x)
      expect_refcnt(x, 1)
      expect_same(weakref.ref(x), w)]],
  },
  {
    name = "weakref()", receiver = "weakref", signature = "w()", given = "x = set{1} w = weakref.ref(x)",
    call = "w()",
    meaning = "The object, or None when it has died.",
    results = "the object or None", errors = {},
    example = [[
      x = set{1}
      w = weakref.ref(x)
      expect_same(w(), x)
      x = nil
      expect_same(w(), None)]],
  },
}
