-- A tuple of numbers cannot be in a cycle: up to 3.13 a collection finds that out, from
-- 3.14 on the tuple is never tracked.
scenario "tracked until proved harmless, or never"

local born_tracked = not heap.profile.tuple_born_untracked
gc.disable()
gc.collect()

step "made of numbers and strings: tracked from birth, but not from 3.14 on"
v = tuple { 1, "two", 3.0 }
expect_eq(gc.is_tracked(v), born_tracked)

step "with a list in it, it is tracked everywhere: a cycle may lead through it"
w = tuple { list {} }
expect_eq(gc.is_tracked(w), true)

step "it counts as a container all the same: its type decides that, not what is in it"
expect_count(3, 0, 0)

-- (The usual tutorial knows nothing of this: by its word all tuples stay tracked.)
step "the first collection lets go of the first, and keeps the second"
gc.collect(0)
expect_eq(gc.is_tracked(v), heap.profile.tuple_untracking == "never")
expect_eq(gc.is_tracked(w), true)
