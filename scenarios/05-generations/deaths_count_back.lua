-- The first counter goes down as well: it is a balance, not a number of allocations.
scenario "net allocations"

gc.disable()
local balance = heap.profile.counter == "allocations"
keep = list()                           -- what is in it is only held here
gc.collect()

step "ten objects made, ten released: the balance is 0"
for _ = 1, 10 do keep:append(object {}) end
expect_count(10, 0, 0)
keep:clear()
expect_count(0, 0, 0)

step "so a program that cleans up after itself never gets to the threshold"
for _ = 1, 3000 do
  v = object {}
  del "v"
end
expect_count(0, 0, 0)

-- (Some tutorials have generation 0 count its members.  These do not die here.)
step "objects of older generations lower it too, when they die"
for _ = 1, 10 do keep:append(object {}) end
gc.collect()
expect_eq(heap.generation(keep[0]), 2)
v = object {}
w = object {}
x = object {}
expect_count(3, 0, 0)
keep:delitem(0)
expect_count(balance and 2 or 3, 0, 0)

step "but never below 0"
keep:clear()                            -- nine more
expect_count(balance and 0 or 3, 0, 0)
del("v", "w", "x")
expect_count(0, 0, 0)

step "a list goes on the free list instead: its memory was not released, nothing changes"
y = list {}
expect_count(1, 0, 0)
del "y"
expect_eq(heap.freelist("list"), 1)
expect_count(balance and 1 or 0, 0, 0)
