-- sys.getrefcount(251), in five different releases: 2, 1000000001, 4294967295 ...
scenario "what the count of a pooled int shows"

local base, immortal = heap.profile.pool_refcount_base, heap.profile.immortal_refcount
local counted = immortal == 0

step "unused: the pool's one reference; or a huge number, so that it never gets to 0"
-- up to 3.10: 1.  3.11: 999999999 and that 1.  3.12, 3.13: 2^32 - 1.  From 3.14 on: 3 * 2^30.
local unused = refcnt(int(251))
expect_eq(unused, counted and base + 1 or immortal)

step "ten names later: 3.11 still counts, from its huge start; an immortal count stays"
numbers = list { 251, 251, 251, 251, 251, 251, 251, 251, 251, 251 }
expect_refcnt(int(251), counted and unused + 10 or immortal)

step "getrefcount adds its own argument, where references are counted"
expect_eq(sys.getrefcount(int(251)), counted and unused + 11 or immortal)

step "single characters are treated alike: this one nobody else uses"
expect_refcnt(str("Q"), counted and base + 1 or immortal)

-- So the number itself says nothing about a program; up to 3.11 its change does.
step "an int outside the pool has an honest count in every release"
numbers = list { 100000 }
expect_refcnt(numbers[0], 1)
