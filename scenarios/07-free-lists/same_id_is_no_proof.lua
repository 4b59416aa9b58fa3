-- The same id again proves no free list: any memory just given back is used again first.
scenario "equal ids prove nothing"

local Node = class "Node"

step "an instance gets the id of the instance that died before it"
v1 = Node {}
local first = id(v1)
del "v1"
v2 = Node {}
expect_eq(id(v2), first)

step "but instances have no free list: the block was released, and allocated again"
expect_eq(origin(v2), "reused block")

step "nor has an int outside the pool (but 2.7 and 3.14 keep these, too)"
v1 = int(99999)
first = id(v1)
del "v1"
v2 = int(88888)
expect_eq(id(v2), first)
expect_eq(origin(v2), heap.profile.int_free == 0 and "reused block" or "free list")

-- (If generation 0 counted its members, as some tutorials have it, it would tell nothing.)
step "the collector's counter is evidence: a released instance is taken off, a kept list is not"
gc.disable()
gc.collect()
v1 = Node {}
v3 = list {}
expect_count(2, 0, 0)
del "v1"
expect_count(1, 0, 0)
del "v3"
expect_count(heap.profile.counter == "allocations" and 1 or 0, 0, 0)

step "and the same id at different times is no proof of the same object"
v1 = float(3.14)
local was_v1, address = v1, id(v1)
del "v1"
v2 = float(3.14)
expect_eq(id(v2), address)
expect_dead(was_v1)
expect_alive(v2)
