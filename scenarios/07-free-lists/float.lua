-- A dead float's memory is kept, and is the next float's: the same id again.
scenario "3.14, then 9.999"

step "the first float gets memory of its own"
v1 = float(3.14)
local first = id(v1)
expect_eq(origin(v1), "fresh block")
expect_eq(heap.freelist("float"), 0)

step "it dies: off the refchain, its memory goes on the free list of floats"
del "v1"
expect_live("float", 0)
expect_eq(heap.freelist("float"), 1)

step "the second float takes it from there: another object at the same address"
v2 = float(9.999)
expect_eq(id(v2), first)
expect_eq(origin(v2), "free list")
expect_eq(value(v2), 9.999)
expect_eq(heap.freelist("float"), 0)

step "while v2 lives a third float needs memory of its own again"
v3 = float(2.71)
expect(id(v3) ~= id(v2))
expect_eq(origin(v3), "fresh block")

step "a result of computing comes from there as well"
del "v3"
v4 = v2 + v2
expect_eq(origin(v4), "free list")
