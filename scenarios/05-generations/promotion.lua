-- What survives a collection moves to the next generation, and is looked at less often.
scenario "growing old"

gc.disable()

step "new objects are in generation 0"
v = list {}
expect_eq(heap.generation(v), 0)

step "each collection that they survive moves them on"
gc.collect(0)
expect_eq(heap.generation(v), 1)
gc.collect(1)
expect_eq(heap.generation(v), 2)

step "2 is the last"
gc.collect(2)
expect_eq(heap.generation(v), 2)

step "a collection of generation 1 takes generation 0 along"
w = list {}
gc.collect(0)
x = list {}
expect_eq({ heap.generation(w), heap.generation(x) }, { 1, 0 })
gc.collect(1)
expect_eq({ heap.generation(w), heap.generation(x) }, { 2, 2 })

step "a full collection takes everything straight to generation 2"
y = list {}
gc.collect()
expect_eq(heap.generation(y), 2)

step "a collection of generation 0 does not look at the older ones at all"
z = list {}
gc.collect(0)
gc.collect(0)
gc.collect(0)
expect_eq(heap.generation(z), 1)        -- there it waits for collections of generation 1
