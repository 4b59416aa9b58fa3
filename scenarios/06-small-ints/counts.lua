-- Pooled ints are counted like all objects, and the pool's own reference is the first.
scenario "the counts of pooled ints"

-- From 3.12 on pooled ints are immortal: they show one huge count that never moves.
-- 3.11 still counts, but from 999999999 on.
local immortal = heap.profile.immortal_refcount
local function count(n) return immortal ~= 0 and immortal or heap.profile.pool_refcount_base + n end

step "a pooled int that nobody uses has 1: the pool's"
expect_refcnt(int(251), count(1))

step "names and containers are counted on top"
v = int(251)
expect_refcnt(v, count(2))
numbers = list { 251, 251, 251 }
expect_refcnt(v, count(5))

step "unused again, it is back at 1 and not at 0"
del("v", "numbers")
expect_refcnt(int(251), count(1))

step "outside the pool a count begins with the first reference, and ends with the last"
v = int(heap.profile.small_int_greatest + 1)
expect_refcnt(v, 1)
local was_v = v
del "v"
expect_dead(was_v)
