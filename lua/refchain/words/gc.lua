-- Python's gc module.

return {
  title = "Python's gc module", given = "x = list{1}",
  {
    name = "gc.collect", signature = "gc.collect([generation])", params = "generation: integer?",
    meaning = "Collects the generation and every younger one, all by default, and says how many unreachable "
      .. "objects were found. While a collection is running it does nothing and gives 0. A full one empties the "
      .. "free lists. The generation may be named: gc.collect{generation = 0}.",
    results = "a number", errors = { "ValueError", "OverflowError" },
    example = [[
      v1 = list{}
      v1:append(v1)
      del "v1"
      expect_eq(gc.collect(), 1)]],
  },
  {
    name = "gc.enable", signature = "gc.enable()",
    meaning = "Switches automatic collection on, as it is at the start.",
    errors = {},
    example = [[
      gc.disable()
      gc.enable()
      expect(gc.isenabled())]],
  },
  {
    name = "gc.disable", signature = "gc.disable()",
    meaning = "Switches automatic collection off. The counters go on counting.",
    errors = {},
    example = [[
      gc.disable()
      expect(not gc.isenabled())]],
  },
  {
    name = "gc.isenabled", signature = "gc.isenabled()",
    meaning = "Whether automatic collection is on.",
    results = "true or false", errors = {},
    example = [[
      expect(gc.isenabled())]],
  },
  {
    name = "gc.get_count", signature = "gc.get_count()",
    meaning = "The three counters: net allocations of containers since the last collection, collections of "
      .. "generation 0 since the last of 1, of 1 since the last of 2. An object from a free list does not count.",
    results = "three numbers", errors = {},
    example = [[
      gc.collect()
      x = set{}
      expect_eq(gc.get_count(), 1)]],
  },
  {
    name = "gc.get_threshold", signature = "gc.get_threshold()",
    meaning = "The three thresholds. A collection starts when a counter is greater than its threshold, so the "
      .. "701st allocation starts it when the first is 700.",
    results = "three numbers", errors = {},
    example = [[
      gc.set_threshold(700, 10, 10)
      expect_eq({gc.get_threshold()}, {700, 10, 10})]],
  },
  {
    name = "gc.set_threshold", signature = "gc.set_threshold(t0[, t1[, t2]])",
    params = "t0: integer, t1: integer?, t2: integer?", args = { "700" },
    meaning = "Sets the thresholds; those left out stay. 0 as the first switches automatic collection off.",
    errors = { "OverflowError" },
    example = [[
      gc.set_threshold(50, 5)
      local t0, t1 = gc.get_threshold()
      expect_eq({t0, t1}, {50, 5})]],
  },
  {
    name = "gc.get_debug", signature = "gc.get_debug()",
    meaning = "The debug flags, 0 at the start.",
    results = "a number", errors = {},
    example = [[
      expect_eq(gc.get_debug(), 0)]],
  },
  {
    name = "gc.set_debug", signature = "gc.set_debug(flags)", params = "flags: integer",
    meaning = "Sets the debug flags, a sum of gc.DEBUG_… numbers. What they report goes to stderr.",
    errors = { "OverflowError" },
    example = [[
      gc.set_debug(gc.DEBUG_SAVEALL)
      expect_eq(gc.get_debug(), gc.DEBUG_SAVEALL)]],
  },
  {
    name = "gc.DEBUG_STATS", signature = "gc.DEBUG_STATS", call = "_ = gc.DEBUG_STATS",
    meaning = "Flag 1: each collection reports what it found.",
    results = "1", errors = {},
    example = [[
      expect_eq(gc.DEBUG_STATS, 1)]],
  },
  {
    name = "gc.DEBUG_COLLECTABLE", signature = "gc.DEBUG_COLLECTABLE", call = "_ = gc.DEBUG_COLLECTABLE",
    meaning = "Flag 2: each unreachable object is reported (2.7: only with DEBUG_OBJECTS).",
    results = "2", errors = {},
    example = [[
      expect_eq(gc.DEBUG_COLLECTABLE, 2)]],
  },
  {
    name = "gc.DEBUG_UNCOLLECTABLE", signature = "gc.DEBUG_UNCOLLECTABLE", call = "_ = gc.DEBUG_UNCOLLECTABLE",
    meaning = "Flag 4: each object that cannot be freed is reported.",
    results = "4", errors = {},
    example = [[
      expect_eq(gc.DEBUG_UNCOLLECTABLE, 4)]],
  },
  {
    name = "gc.DEBUG_SAVEALL", signature = "gc.DEBUG_SAVEALL", call = "_ = gc.DEBUG_SAVEALL",
    meaning = "Flag 32: what is found is kept in gc.garbage instead of being freed.",
    results = "32", errors = {},
    example = [[
      gc.set_debug(gc.DEBUG_SAVEALL)
      v1 = list{}
      v1:append(v1)
      v1 = nil
      expect_collect(1)
      expect_eq(#gc.garbage, 1)]],
  },
  {
    name = "gc.DEBUG_LEAK", signature = "gc.DEBUG_LEAK", call = "_ = gc.DEBUG_LEAK",
    meaning = "DEBUG_COLLECTABLE, DEBUG_UNCOLLECTABLE and DEBUG_SAVEALL together, in 2.7 DEBUG_INSTANCES and "
      .. "DEBUG_OBJECTS, too.",
    results = "38; in 2.7: 62", errors = {},
    example = [[
      expect_eq(gc.DEBUG_LEAK, heap.profile.debug_kinds and 62 or 38)]],
  },
  {
    name = "gc.DEBUG_INSTANCES", signature = "gc.DEBUG_INSTANCES", call = "_ = gc.DEBUG_INSTANCES",
    meaning = "Flag 8, of 2.7 only: instances of old-style classes are reported. The lab has none of these.",
    results = "8", errors = {},
    example = [[
      needs "gc.DEBUG_INSTANCES"
      expect_eq(gc.DEBUG_INSTANCES, 8)]],
  },
  {
    name = "gc.DEBUG_OBJECTS", signature = "gc.DEBUG_OBJECTS", call = "_ = gc.DEBUG_OBJECTS",
    meaning = "Flag 16, of 2.7 only: all other objects are reported.",
    results = "16", errors = {},
    example = [[
      needs "gc.DEBUG_OBJECTS"
      expect_eq(gc.DEBUG_OBJECTS, 16)]],
  },
  {
    name = "gc.get_objects", signature = "gc.get_objects([generation])", params = "generation: integer?",
    meaning = "The tracked objects of a generation, from its head, or of all three; frozen ones are left out. "
      .. "Collections change the order. The generation may be named: gc.get_objects{generation = 0}.",
    results = "a sequence of objects", errors = { "ValueError" },
    example = [[
      needs "has_generation_objects"
      gc.collect()
      x = list{}
      expect_same(gc.get_objects(0)[1], x)]],
  },
  {
    name = "gc.get_referrers", signature = "gc.get_referrers(x, …)", params = "x: object...", args = { "x" },
    meaning = "The tracked objects that refer to any of the arguments directly. Names are not objects here, so "
      .. "they do not appear.",
    results = "a sequence of objects", errors = {},
    example = [[
      x = list{}
      holder = list{x}
      expect_same(gc.get_referrers(x)[1], holder)]],
  },
  {
    name = "gc.get_referents", signature = "gc.get_referents(x, …)", params = "x: object...", args = { "x" },
    meaning = "The objects that the arguments refer to directly, in the order in which the collector visits "
      .. "them: lists and tuples from the last item to the first. Nothing is left out for being there twice.",
    results = "a sequence of objects", errors = {},
    example = [[
      x = list{1, 2}
      expect_eq(gc.get_referents(x)[1], 2)]],
  },
  {
    name = "gc.is_tracked", signature = "gc.is_tracked(x)", params = "x: object",
    meaning = "Whether the collector has the object in its sights. Numbers and strings never are; a dict of such "
      .. "only from 3.14 on.",
    results = "true or false", errors = {},
    example = [[
      expect(gc.is_tracked(list{}))
      expect(not gc.is_tracked(int(5)))]],
  },
  {
    name = "gc.is_finalized", signature = "gc.is_finalized(x)", params = "x: object", since = "3.9",
    meaning = "Whether the object's finalizer has run: it runs once in an object's life, also if that goes on.",
    results = "true or false", errors = {},
    example = [[
      needs "gc.is_finalized"
      x = object{}
      expect(not gc.is_finalized(x))]],
  },
  {
    name = "gc.get_stats", signature = "gc.get_stats()", since = "3.6",
    meaning = "For each generation a table with `collections`, `collected` and `uncollectable`; from 3.15 on also "
      .. "`candidates`, the objects looked at, and `duration` in seconds.",
    results = "a sequence of three tables", errors = {},
    example = [[
      needs "gc.get_stats"
      local before = gc.get_stats()[3].collections
      gc.collect()
      expect_eq(gc.get_stats()[3].collections, before + 1)]],
  },
  {
    name = "gc.freeze", signature = "gc.freeze()", since = "3.7",
    meaning = "Moves everything tracked into the permanent generation, which no collection looks at, and sets "
      .. "the counters to 0.",
    errors = {},
    example = [[
      needs "gc.freeze"
      x = list{}
      gc.freeze()
      expect_eq(heap.generation(x), "permanent")]],
  },
  {
    name = "gc.unfreeze", signature = "gc.unfreeze()", since = "3.7",
    meaning = "Moves the permanent generation to the end of generation 2.",
    errors = {},
    example = [[
      needs "gc.freeze"
      x = list{}
      gc.freeze()
      gc.unfreeze()
      expect_eq(heap.generation(x), 2)]],
  },
  {
    name = "gc.get_freeze_count", signature = "gc.get_freeze_count()", since = "3.7",
    meaning = "How many objects are in the permanent generation: none before gc.freeze(). CPython 3.12 starts "
      .. "with some: its collections put the immortal containers of start-up there; the lab's heap has none of these.",
    results = "a number", errors = {},
    example = [[
      needs "gc.freeze"
      x = list{}
      gc.freeze()
      expect(gc.get_freeze_count() >= 1)]],
  },
  {
    name = "gc.callbacks", signature = "gc.callbacks", since = "3.6", call = "_ = #gc.callbacks",
    meaning = "The functions called at the start and the end of each collection with (phase, info): phase is "
      .. "\"start\" or \"stop\", info has generation, collected and uncollectable, from 3.15 on also candidates "
      .. "and duration. `#gc.callbacks` counts them.",
    results = "the sequence", errors = {},
    example = [[
      needs "gc.callbacks"
      local phases = {}
      gc.callbacks:append(function(phase) phases[#phases + 1] = phase end)
      gc.collect()
      expect_eq(phases, {"start", "stop"})]],
  },
  {
    name = "gc.callbacks:append", signature = "gc.callbacks:append(f)", params = "f: function",
    meaning = "Adds a callback. Its errors are reported on stderr and do not stop the collection.",
    errors = { "MemoryError" },
    example = [[
      needs "gc.callbacks"
      gc.callbacks:append(function() end)
      expect_eq(#gc.callbacks, 1)]],
  },
  {
    name = "gc.callbacks:remove", signature = "gc.callbacks:remove(f)", params = "f: function",
    given = "local f = function() end gc.callbacks:append(f)", args = { "f" },
    meaning = "Takes a callback out again.",
    errors = { "ValueError" },
    example = [[
      needs "gc.callbacks"
      local f = function() end
      gc.callbacks:append(f)
      gc.callbacks:remove(f)
      expect_eq(#gc.callbacks, 0)]],
  },
  {
    name = "gc.garbage", signature = "gc.garbage", call = "_ = #gc.garbage",
    meaning = "What was found unreachable and could not be freed, or was kept by DEBUG_SAVEALL: a sequence from 1 "
      .. "that holds a reference to each object.",
    results = "the sequence", errors = {},
    example = [[
      expect_eq(#gc.garbage, 0)]],
  },
  {
    name = "gc.garbage:clear", signature = "gc.garbage:clear()",
    meaning = "Releases everything in gc.garbage. A cycle among it is found again by the next collection.",
    errors = {},
    example = [[
      gc.garbage:clear()
      expect_eq(#gc.garbage, 0)]],
  },
}
