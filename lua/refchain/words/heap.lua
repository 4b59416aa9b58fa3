-- What the heap tells of itself.

return {
  title = "The heap", given = "x = list{1}",
  {
    name = "heap.profile", signature = "heap.profile", call = "_ = heap.profile.name",
    meaning = "What this heap's release does: `name` and every field, as `refchain profiles` lists them; and "
      .. "`sources`, which says of each field where its value comes from: of one that was set, \"yours\".",
    results = "a table", errors = {},
    example = [[
      expect_eq(type(heap.profile.name), "string")
      expect(heap.profile.list_free >= 0)
      local own = heap.new{float_free = 0}
      expect_eq(own.heap.profile.name, heap.profile.name .. " with float_free = 0")
      expect_eq(own.heap.profile.sources.float_free, "yours")]],
  },
  {
    name = "heap.refchain", signature = "for x in heap.refchain()", call = "for _ in heap.refchain() do break end",
    meaning = "Walks the refchain, the ring of all live objects, from the newest to the oldest.",
    results = "what a `for` needs", errors = { "RuntimeError", "MemoryError" },
    example = [[
      a = list{}
      local newest
      for x in heap.refchain() do newest = x break end
      expect_same(newest, a)]],
  },
  {
    name = "heap.live", signature = "heap.live([type])", params = "type: type?",
    meaning = "How many objects are alive, of one type if it is named.",
    results = "a number", errors = { "TypeError" },
    example = [[
      local before = heap.live("list")
      a = list{list{}}
      expect_eq(heap.live("list"), before + 2)]],
  },
  {
    name = "heap.generation", signature = "heap.generation(x)", params = "x: object",
    meaning = "The generation that the object is in: 0, 1, 2, \"permanent\", or nil when it is not tracked. It moves "
      .. "on each time it survives a collection.",
    results = "a number, \"permanent\" or nil", errors = {},
    example = [[
      x = list{}
      expect_eq(heap.generation(x), 0)
      gc.collect(0)
      expect_eq(heap.generation(x), 1)]],
  },
  {
    name = "heap.generations", signature = "heap.generations()",
    meaning = "The three generations with their sizes, counters and thresholds, and the permanent one.",
    results = "a sequence of tables", errors = {},
    example = [[
      expect_eq(heap.generations()[1].threshold, (gc.get_threshold()))]],
  },
  {
    name = "heap.freelist", signature = "heap.freelist(type[, length])", params = "type: type, length: integer?",
    meaning = "How many dead objects of the type wait on its free list, and how many it can hold. Tuples have one "
      .. "for each length.",
    results = "two numbers: size and capacity", errors = { "ValueError" },
    example = [[
      gc.collect()
      drop(float(3.14))
      expect_eq(heap.freelist("float"), 1)]],
  },
  {
    name = "heap.caches", signature = "heap.caches()",
    meaning = "The small-int pool, the character cache, the intern table and the free lists with their sizes, "
      .. "hits and misses.",
    results = "a table", errors = {},
    example = [[
      expect_eq(type(heap.caches()), "table")]],
  },
  {
    name = "heap.stats", signature = "heap.stats()",
    meaning = "Counts of this heap's life: births, live objects, collections.",
    results = "a table", errors = {},
    example = [[
      expect_eq(type(heap.stats()), "table")]],
  },
  {
    name = "heap.memory", signature = "heap.memory()",
    meaning = "Bytes in use, at the peak and committed, the limit, and how many blocks were handed out and given "
      .. "back.",
    results = "a table", errors = {},
    example = [[
      local before = heap.memory().used
      a = list(tuple{1, 2, 3})
      expect(heap.memory().used > before)]],
  },
  {
    name = "heap.check", signature = "heap.check()",
    meaning = "Verifies every invariant of the heap; a broken one is a bug of the lab and ends the scenario.",
    results = "true", errors = { "RuntimeError" },
    example = [[
      heap.check()]],
  },
  {
    name = "heap.snapshot", signature = "heap.snapshot()",
    meaning = "All live objects with what they refer to, as plain tables. Taking it changes nothing; from then on "
      .. "the lab remembers how objects die, for `heap.diff`.",
    results = "a table", errors = { "MemoryError" },
    example = [[
      expect_eq(type(heap.snapshot()), "table")]],
  },
  {
    name = "heap.dot", signature = "heap.dot()",
    meaning = "Names, objects with their counts, and references in the language of Graphviz (`dot -Tsvg` draws it): "
      .. "cycles in boxes, garbage hatched and named; at most 150 boxes, in which objects that are alike are "
      .. "folded. With `refchain run "
      .. "--out DIR` it is also written to a file there.",
    results = "a string", errors = { "MemoryError" },
    example = [[
      a = list{1}
      expect_eq(string.find(heap.dot(), "digraph"), 1)]],
  },
  {
    name = "heap.svg", signature = "heap.svg([part])", params = "part: string?", args = { "\"refchain\"" },
    meaning = "A picture of the heap as SVG, or one part of it: \"objects\" (names, objects and references, cycles "
      .. "framed, garbage hatched and named), \"refchain\" (the ring), \"generations\" or \"caches\". Of many "
      .. "objects those that are alike are folded, with their number, and garbage never with what lives. "
      .. "Graphviz's program `dot` arranges the objects; without it that part says so, and the others are drawn. "
      .. "With `refchain run --out DIR` it is also written to a file there.",
    results = "a string", errors = { "ValueError", "MemoryError" },
    example = [[
      a = list{1}
      expect_eq(string.find(heap.svg "generations", "<svg"), 1)]],
  },
  {
    name = "heap.on", signature = "heap.on(event, f)", params = "event: event, f: function",
    meaning = "Calls `f` with a table for each such event, when the word that caused it is done: \"created\", "
      .. "\"destroyed\", \"memory_returned\", \"count_changed\", \"tracked\", \"untracked\", "
      .. "\"generation_changed\", \"collection_started\", \"collection_finished\", \"weakref_cleared\", "
      .. "\"finalizer_called\". What handlers do themselves is not told. How long a collection took is told to a "
      .. "trusted scenario only.",
    results = "a function that ends it",
    errors = { "TypeError", "ValueError", "MemoryError" },
    example = [[
      local seen = {}
      heap.on("destroyed", function(e) seen[#seen + 1] = e.type end)
      drop(list{})
      expect_eq(seen, {"list"})]],
  },
  {
    name = "heap.new", signature = "heap.new{profile = \"3.8\", …}", params = "options: table?", call = "heap.new{}",
    meaning = "A second heap with names and words of its own: `local py = heap.new{…}`, `py.x = py.list{}`. Any "
      .. "field of a profile may be set beside `profile`. Objects of two heaps cannot meet.",
    results = "its environment", errors = { "ValueError", "MemoryError" },
    example = [[
      local py = heap.new{profile = "3.8", float_free = 0}
      py.drop(py.float(3.14))
      expect_eq(py.heap.freelist("float"), 0)]],
  },
}
