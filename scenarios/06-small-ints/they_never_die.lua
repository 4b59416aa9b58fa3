-- Pooled ints are made once, before anything else, and stay for ever.
scenario "pooled ints never die"

step "they are older than every object of this program"
v = list {}
expect(birth(v) > 0)
local greatest = heap.profile.small_int_greatest
for n = -5, greatest do expect(birth(int(n)) <= 0) end
expect_live("int", 5 + 1 + greatest)

step "neither the loss of all names nor a full collection can destroy one"
a = int(18)
local was_a = a
local address = id(a)
del "a"
gc.collect()
expect_alive(was_a)
expect_eq(id(int(18)), address)

step "another int dies with its last reference"
a = int(1818)
was_a = a
del "a"
expect_dead(was_a)

-- CPython's small_ints is an array in C.  If it were a list it would be an object
-- itself, and would be found among those that refer to a pooled int.
step "the pool is no list"
expect_eq(#gc.get_referrers(int(18)), 0)
numbers = list { 18 }
expect_same(gc.get_referrers(int(18))[1], numbers)
