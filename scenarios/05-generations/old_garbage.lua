-- Garbage waits in its generation until that generation is collected.
scenario "garbage grown old"

gc.disable()
gc.collect()

step "a cycle that was alive during one collection has moved to generation 1"
v = list {}
v:append(v)
gc.collect(0)
local was_v = v
expect_eq(heap.generation(v), 1)

step "dropped now, generation 0 has nothing of it; generation 1 has"
del "v"
expect_collect(0, 0)
expect_alive(was_v)
expect_collect(1, 1)
expect_dead(was_v)

step "one that has reached generation 2 waits for a full collection"
v = list {}
v:append(v)
gc.collect()
del "v"
expect_collect(0, 0)
expect_collect(0, 1)
expect_collect(1, 2)

-- A young object that old garbage refers to has, as far as generation 0 can see, a
-- reference from outside.
step "old garbage keeps young garbage alive"
old = list {}
old:append(old)
gc.collect()
old:append(list {})
local young = old[1]
del "old"
expect_eq(heap.generation(young), 0)
expect_collect(0, 0)
expect_alive(young)
expect_collect(2)
expect_dead(young)
