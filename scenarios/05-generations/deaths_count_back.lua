-- The first counter goes down as well: it is a balance, not a number of allocations.
scenario "net allocations"

gc.disable()
keep = list()                           -- what is in it is only held here
gc.collect()

step "ten sets made, ten released: the balance is 0"
for i = 1, 10 do keep:append(set { i }) end
expect_count(10, 0, 0)
keep:clear()
expect_count(0, 0, 0)

step "so a program that cleans up after itself never gets to the threshold"
for i = 1, 3000 do
  v = set { i }
  del "v"
end
expect_count(0, 0, 0)

step "objects of older generations lower it too, when they die"
for i = 1, 10 do keep:append(set { i }) end
gc.collect()
expect_eq(heap.generation(keep[0]), 2)
v = set { 1 }
w = set { 2 }
x = set { 3 }
expect_count(3, 0, 0)
keep:delitem(0)
expect_count(2, 0, 0)

step "but never below 0"
keep:clear()                            -- nine more
expect_count(0, 0, 0)

step "a list goes on the free list instead: its memory was not released, nothing changes"
y = list {}
expect_count(1, 0, 0)
del "y"
expect_eq(heap.freelist("list"), 1)
expect_count(1, 0, 0)
