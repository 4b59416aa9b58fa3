-- Displays take from the free lists; calls of the type never do.
scenario "list() is not []"

step "one dead list, ready to be used again"
v = list {}
del "v"
expect_eq(heap.freelist("list"), 1)

step "list() leaves it where it is and allocates"
a = list()
expect(origin(a) ~= "free list")
expect_eq(heap.freelist("list"), 1)

step "so does list(x)"
b = list(tuple { 1, 2, 3 })
expect(origin(b) ~= "free list")
expect_eq(heap.freelist("list"), 1)

step "the display [] takes it, and so would a copy"
c = list {}
expect_eq(origin(c), "free list")
expect_eq(heap.freelist("list"), 0)
del "c"
c = b:copy()
expect_eq(origin(c), "free list")

step "dict() is not {} either"
v = dict {}
del "v"
d = dict()
expect(origin(d) ~= "free list")
expect_eq(heap.freelist("dict"), 1)
e = dict {}
expect_eq(origin(e), "free list")

step "when they die they go on the free lists like all others"
del("a", "d")
expect_eq(heap.freelist("list"), 1)
expect_eq(heap.freelist("dict"), 1)

step "tuples are asked for in one way only: a call finds its free list"
v = tuple { 1, 2 }
del "v"
f = tuple(list { 3, 4 })
expect_eq(origin(f), "free list")
