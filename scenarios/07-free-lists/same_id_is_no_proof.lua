-- The same id again proves no free list: any memory just given back is used again first.
scenario "equal ids prove nothing"

step "a set gets the id of the set that died before it"
v1 = set { 1 }
local first = id(v1)
del "v1"
v2 = set { 2 }
expect_eq(id(v2), first)

step "but sets have no free list: the block was released, and allocated again"
expect_eq({ heap.freelist("set") }, { 0, 0 })
expect_eq(origin(v2), "reused block")

step "nor has an int outside the pool (from 3.6 to 3.13)"
v1 = int(99999)
first = id(v1)
del "v1"
v2 = int(88888)
expect_eq(id(v2), first)
expect_eq(origin(v2), heap.profile.int_free ~= 0 and "free list" or "reused block")

step "the collector's counter is evidence: a released set is taken off, a kept list is not"
gc.disable()
gc.collect()
v1 = set { 1 }
v3 = list {}
expect_count(2, 0, 0)
del "v1"
expect_count(1, 0, 0)
del "v3"
expect_count(1, 0, 0)

step "and the same id at different times is no proof of the same object"
v1 = float(3.14)
local was_v1, address = v1, id(v1)
del "v1"
v2 = float(3.14)
expect_eq(id(v2), address)
expect_dead(was_v1)
expect_alive(v2)
