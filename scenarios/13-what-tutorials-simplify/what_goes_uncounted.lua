-- "Each new object counts towards the 700": none does that is made of a free list.
scenario "lists that are not counted"

-- What is counted is memory allocated for containers.  A list made of a dead list's head
-- has been counted long ago.  (Those who count what is in generation 0 count it again.)
local by_allocation = heap.profile.counter == "allocations"

gc.disable()
gc.collect()

step "ten lists, made for the first time: ten"
v = list()
for _ = 1, 9 do v:append(list {}) end
expect_count(10, 0, 0)

step "the nine in it die, and are kept: still ten, though one list is left"
v:clear()
expect_eq((heap.freelist("list")), 9)
expect_count(by_allocation and 10 or 1, 0, 0)

step "nine more, out of the free list: still ten"
for _ = 1, 9 do v:append(list {}) end
expect_eq((heap.freelist("list")), 0)
expect_count(10, 0, 0)

step "instances have no free list: they are counted down when they die, and up again"
v:clear()
gc.collect()
for _ = 1, 9 do v:append(object {}) end
expect_count(9, 0, 0)
v:clear()
expect_count(0, 0, 0)
