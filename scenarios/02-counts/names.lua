-- Each name for an object is a reference, and is counted.
scenario "age, number, and a count that goes up and down"

-- 18 is a pooled int, and the pool itself holds one reference to it.  (From 3.12
-- on pooled ints are immortal: their count never moves, and `one` is 0.)
local one = heap.profile.immortal_refcount == 0 and 1 or 0
local pooled = refcnt(int(18))

step "a name adds one"
age = int(18)
expect_refcnt(age, pooled + one)

step "a second name for the same object adds one more, and copies nothing"
number = age
expect_same(number, age)
expect_refcnt(age, pooled + 2 * one)

step "deleting a name takes one away; the object lives on under the other"
del "age"
expect_refcnt(number, pooled + one)
expect_eq(number, 18)

step "giving the name to something else takes one away, too"
number = int(19)
expect_refcnt(int(18), pooled)

step "the same with an object of our own, whose count begins at 0"
v = list {}
expect_refcnt(v, 1)
w = v
expect_refcnt(v, 2)
del("v", "w")
expect_live("list", 0)
