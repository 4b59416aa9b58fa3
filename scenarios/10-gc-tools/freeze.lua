-- gc.freeze() puts all that is alive out of the collector's reach.
scenario "freezing"

needs "gc.freeze"
gc.disable()
gc.collect()

step "frozen objects are in a generation of their own, which is never collected"
a = list {}
loop = list {}
loop:append(loop)
local was_loop = loop
gc.freeze()
expect_eq(heap.generation(a), "permanent")
expect_eq(gc.get_freeze_count(), 2)

step "the collector does not list them, nor count them"
expect_eq(#gc.get_objects(), 0)
expect_count(0, 0, 0)

step "not even garbage is found there"
del "loop"
expect_collect(0)
expect_alive(was_loop)

step "counts still work: a frozen object dies with its last reference"
local was_a = a
del "a"
expect_dead(was_a)
expect_eq(gc.get_freeze_count(), 1)

step "what is made afterwards is collected as always"
b = list {}
b:append(b)
del "b"
expect_collect(1)

step "unfrozen, all of it comes back as generation 2"
gc.unfreeze()
expect_eq(gc.get_freeze_count(), 0)
expect_eq(heap.generation(was_loop), 2)
expect_collect(1)
expect_dead(was_loop)
