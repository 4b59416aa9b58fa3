-- A dead tuple's memory is kept for the next tuple of the same length.
scenario "(1, 2), then (\"武沛齐\", \"Alex\")"

step "two items, then two other items: the same id again"
v1 = tuple { 1, 2 }
local first = id(v1)
del "v1"
expect_eq(heap.freelist("tuple", 2), 1)
v2 = tuple { "武沛齐", "Alex" }
expect_eq(id(v2), first)
expect_eq(origin(v2), "free list")
expect_eq(repr(v2), "('武沛齐', 'Alex')")
expect_eq(heap.freelist("tuple", 2), 0)

step "unlike a list's, a tuple's items are in it: another length cannot use its memory"
del "v2"
v3 = tuple { 1, 2, 3 }
expect(origin(v3) ~= "free list")
expect_eq(heap.freelist("tuple", 2), 1)

step "each length has a list of its own"
del "v3"
expect_eq(heap.freelist("tuple", 2), 1)
expect_eq(heap.freelist("tuple", 3), 1)
v4 = tuple { "a", "b" }
expect_eq(id(v4), first)
