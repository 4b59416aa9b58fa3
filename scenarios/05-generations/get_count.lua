-- gc.get_count() is three counters, and each of them counts something else.
scenario "what the three counters count"

step "after a full collection all three are 0"
gc.disable()
gc.collect()
expect_count(0, 0, 0)

step "the first: containers allocated, less containers released, since the last collection"
a = object {}
b = object {}
c = object {}
expect_count(3, 0, 0)
del "b"
expect_count(2, 0, 0)

step "the second: collections of generation 0 since generation 1 was collected"
gc.collect(0)
expect_count(0, 1, 0)
gc.collect(0)
expect_count(0, 2, 0)

step "the third: collections of generation 1 since generation 2 was collected"
gc.collect(1)
expect_count(0, 0, 1)
gc.collect(0)
expect_count(0, 1, 1)
gc.collect(1)
expect_count(0, 0, 2)

step "a collection starts its own counter and the younger ones again from 0"
d = object {}
expect_count(1, 0, 2)
gc.collect(2)
expect_count(0, 0, 0)

step "asking for the counters makes nothing that they would count"
for _ = 1, 10 do gc.get_count() end
expect_count(0, 0, 0)
