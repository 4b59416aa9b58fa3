-- "list() and [] both make an empty list": but only [] looks at the free list.
scenario "list() or []"

step "a dead list waits to be used again"
v = list {}
local dead = id(v)
del "v"
expect_eq((heap.freelist("list")), 1)

step "list() allocates all the same"
a = list()
expect(id(a) ~= dead)
expect_eq((heap.freelist("list")), 1)

step "[] takes it"
b = list {}
expect_eq(id(b), dead)
expect_eq((heap.freelist("list")), 0)

-- Calling a type goes through the allocator that works for every type, derived ones
-- included.  A display, a slice or a + know that it is a plain list which they make.
step "an example with list() or dict() shows no free list, in no release"
v = dict {}
dead = id(v)
del "v"
c = dict()
expect(id(c) ~= dead)
d = dict {}
expect_eq(id(d), dead)

step "dead, both kinds are the same: what list() has made is kept as well"
del("a", "b")
expect_eq((heap.freelist("list")), 2)
