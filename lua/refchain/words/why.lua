-- Words that answer why: who holds an object, what happened to it, what changed.

return {
  title = "Asking why", given = "x = list{1}",
  {
    name = "why", signature = "why(x)", params = "x: handle",
    meaning = "What keeps `x` alive: every holder (as many as its count), the shortest way to it from a name, and "
      .. "which reference's removal alone would free it. Of garbage: the cycle that keeps it, who will free it and "
      .. "when. Of a dead object: how it died. The answer prints as sentences; its fields are the facts: `holders` "
      .. "(the first 1000; `holder_count` is the number of all), `reach` (\"name\", \"temporary\", \"other\", "
      .. "\"garbage\"), `path`, `cycle`, `removals` and more; it prints the first dozen holders. It lets go of lost "
      .. "temporaries, as refcnt does; beyond that asking changes nothing.",
    results = "an answer", errors = { "TypeError", "MemoryError" },
    example = [[
      v1 = list{}
      v2 = list{v1}
      expect_eq(why(v1).holders, {"name v1", "list #2 [0]"})
      v2:append(v2)
      local was_v2 = v2
      del("v2")
      expect_eq(why(was_v2).reach, "garbage")
      print(why(was_v2))]],
  },
  {
    name = "heap.diff", signature = "heap.diff(a[, b])", params = "a: table, b: table?", args = { "a" },
    given = "local a = heap.snapshot()",
    meaning = "What has changed between two moments that `heap.snapshot()` took, or from `a` until now: objects "
      .. "that were born, that died (and how: by count or by the collector, and where), whose count or generation "
      .. "is another. The answer prints as sentences; its fields are `born`, `died`, `counts`, `generations` and "
      .. "`passing`, the number of those that were born and died again; it prints the first dozen of each, the fields "
      .. "have all. What start-up made (None, small ints …) is left out. It lets go of lost temporaries, as refcnt "
      .. "does; beyond that asking changes nothing.",
    results = "an answer", errors = { "TypeError", "ValueError", "MemoryError" },
    example = [[
      v1 = list{}
      local a = heap.snapshot()
      v2 = list{v1}
      v1 = nil
      local difference = heap.diff(a)
      expect_eq(#difference.born, 1)
      expect_eq(#difference.died, 0)
      v2 = nil
      expect_eq(heap.diff(a).died[1].by, "count")]],
  },
  {
    name = "gc.forecast", signature = "gc.forecast()",
    meaning = "When the next automatic collection comes, of which generation, and what holds a full one back. The "
      .. "answer prints as sentences; its fields: automatic, enabled, collecting, requested, deferred (an allocation "
      .. "only requests it), allocations (of containers, less those released, up to the one that starts or requests "
      .. "it), generation, generations (as heap.generations(), with collections: how many more of the next younger "
      .. "one make its counter pass), full_collections (that have run), quarter_rule, long_lived_pending, "
      .. "long_lived_total, wanted, held_back.",
    results = "an answer", errors = {},
    example = [[
      gc.set_threshold(700)
      local forecast = gc.forecast()
      expect(forecast.allocations <= 701)
      expect_eq(forecast.generation, 0)]],
  },
  {
    name = "gc.explain", signature = "gc.explain()",
    meaning = "The last collection that has ended: what started it and where, why this generation, and what it found. "
      .. "The answer prints as sentences; its fields: number (0: there was none yet), generation, automatic, cause "
      .. "and place (the lines that asked for it and that it ran at), trigger (type and birth of the allocation), "
      .. "counts, thresholds, and as in gc.forecast() the long-lived, all as they were then; visited, survivors, "
      .. "untracked, unreachable, uncollectable, weakrefs_cleared, callbacks_called, finalizers_called, kept, "
      .. "kept_objects (the first of them that live, with who holds each now), trash, destroyed; in a trusted "
      .. "scenario nanoseconds.",
    results = "an answer", errors = {},
    example = [[
      gc.collect()
      expect_eq(gc.explain().generation, 2)
      expect_eq(gc.explain().automatic, false)]],
  },
  {
    name = "gc.steps", signature = "for phase in gc.steps([generation]) do", params = "generation: integer?",
    target = "gc.steps", call = "for _ in gc.steps() do end",
    meaning = "Walks one collection of a generation (2 if none is named) phase by phase: merge, subtract, separate, "
      .. "weakrefs, finalize, resurrect, delete. A phase prints as its name, its meaning and a table of its objects; "
      .. "it has name, meaning, and objects: for each its birth, type, text, refcount, verdict, "
      .. "and where the collector counts refs (its own copy of the count) and inside (the references from inside, "
      .. "taken off). The first three phases only look; the collection runs when the loop goes past separate, and "
      .. "leaving the loop before that gives it up: nothing has changed. Until the loop ends any word that "
      .. "would change the heap is refused. One loop at a time; one that no variable holds any more is over.",
    results = "a phase for each turn", errors = { "ValueError", "RuntimeError", "MemoryError" },
    example = [[
      x = list{}
      x:append(x)
      del "x"
      for phase in gc.steps() do
        if phase.name == "separate" then
          local last = phase.objects[#phase.objects]
          expect_eq(last.type, "list")
          expect_eq(last.refcount, 1)
          expect_eq(last.refs, 0)
          expect_eq(last.verdict, "unreachable")
        end
      end
      expect_live("list", 0)]],
  },
  {
    name = "ledger", signature = "ledger(x)", params = "x: handle",
    meaning = "Every change of the object's count, from its creation on, also when it is dead: an answer to print. "
      .. "Each of `changes` has `step` (its number among all changes of the heap), `change` (1, -1, or 0 for a "
      .. "reference that is handed over), `reason`, `holder` (\"name v1\", \"list #2\", \"temporary\"), `place` "
      .. "(FILE:LINE) and `count`, what refcnt(x) is after it. What running words hold their arguments with is left "
      .. "out, but for references that they made or took over. Of what start-up made `birth` is negative and "
      .. "`title` says what it is (\"None\", \"int 7\"); where a count is `pinned`, no change shows in it. "
      .. "`dropped` says how many changes of the heap are forgotten, for want of room; `complete`, whether none "
      .. "of this object's are. Recorded with `refchain run --ledger[=SIZE]`, and in the shell.",
    results = "an answer: type, birth, title, id, alive, immortal, pinned, count, born, death, changes, dropped, "
      .. "complete",
    errors = { "TypeError", "RuntimeError" },
    example = [[
      v1 = list{}
      v2 = list{v1}
      local last = ledger(v1).changes[#ledger(v1).changes]
      expect_eq(last.holder, "list #2")
      expect_eq(last.count, 2)]],
  },
  {
    name = "at", signature = "at(id)", params = "id: any", args = { "id(x)" },
    meaning = "Who has lived at an address, that of an object or a number that id(x) gave: an answer to print, and a "
      .. "sequence in order of birth. Each has `birth`, `type`, `title`, `born` (FILE:LINE), and is `alive` or has "
      .. "`died` (FILE:LINE) and `by` (what destroyed it). `dropped` says how many lives are forgotten, for want of "
      .. "room. Recorded as the ledger is.",
    results = "an answer: a sequence of lives, id, dropped",
    errors = { "TypeError", "RuntimeError" },
    example = [[
      v1 = list{}
      local address = id(v1)
      v1 = nil
      v2 = list{}
      expect_eq(id(v2), address)
      expect_eq(#at(address), 2)
      expect_eq(at(v2)[1].by, "v1 = nil")]],
  },
}
