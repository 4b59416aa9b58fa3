-- A cycle is garbage only when nothing outside it refers to any of its members.
scenario "one name outside keeps the whole cycle"

step "three dicts in a ring; two of the names go"
a = dict {}
b = dict { next = a }
c = dict { next = b }
a:set("next", c)
local was_b, was_c = b, c
del("b", "c")
expect_refcnt(a, 2)                     -- the name and b
expect_refcnt(was_b, 1)                 -- only c
expect_refcnt(was_c, 1)                 -- only a

step "nothing to collect: from the name a all three can be reached"
expect_collect(0)
expect_same(a:get("next"):get("next"), was_b)

step "moving the one name to another member keeps the ring just as well"
b = was_b
del "a"
expect_collect(0)
expect_live("dict", 3)

step "with the last name goes the whole ring"
del "b"
expect_collect(3)
