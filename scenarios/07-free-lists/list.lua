-- A dead list's head is kept for the next list; what it held and its array are not.
scenario "[11, 22, 33], then [\"武\", \"沛齐\"]"

step "the same id again"
v1 = list { 11, 22, 33 }
local first = id(v1)
del "v1"
expect_eq(heap.freelist("list"), 1)
v2 = list { "武", "沛齐" }
expect_eq(id(v2), first)
expect_eq(origin(v2), "free list")
expect_eq(heap.freelist("list"), 0)

step "nothing of the old list is in the new one"
expect_eq(#v2, 2)
expect_eq(repr(v2), "['武', '沛齐']")

step "any head serves any list: how many items the dead one had does not matter"
del "v2"
v3 = list {}
expect_eq(id(v3), first)

step "the array with the items is given back at once"
local before = heap.memory().used
for n = 1, 10000 do v3:append(n % 100) end
expect(heap.memory().used >= before + 10000 * 8)
del "v3"
expect_eq(heap.freelist("list"), 1)
expect_eq(heap.memory().used, before)   -- the head is kept: it was counted before, too
