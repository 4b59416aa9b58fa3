-- A dead dict's head is kept for the next dict.
scenario "{\"k1\": 123}, then three keys"

step "the same id again"
v1 = dict { k1 = 123 }
local first = id(v1)
del "v1"
expect_eq(heap.freelist("dict"), 1)
v2 = dict { name = "武沛齐", age = 18, gender = "男" }
expect_eq(id(v2), first)
expect_eq(origin(v2), "free list")
expect_eq(#v2, 3)
expect_eq(heap.freelist("dict"), 0)

step "it comes empty: nothing of the old dict is in the new one"
expect_eq(v2:contains("k1"), false)
del "v2"
v3 = dict {}
expect_eq(id(v3), first)
expect_eq(#v3, 0)

step "a dict that has grown large leaves its head as well as a small one"
for n = 1, 1000 do v3:set(n, n) end
del "v3"
expect_eq(heap.freelist("dict"), 1)
v4 = dict { k = 1 }
expect_eq(id(v4), first)
