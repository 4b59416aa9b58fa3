-- "gc.get_count() says how often the collector ran": its first number counts objects.
scenario "three counters"

gc.disable()
keep = list()
gc.collect()
expect_count(0, 0, 0)

step "the first is a balance of containers: three made, one gone"
for _ = 1, 3 do keep:append(object {}) end
keep:pop()
expect_count(2, 0, 0)

step "the second counts scans of generation 0, the third scans of generation 1"
gc.collect(0)
gc.collect(0)
expect_count(0, 2, 0)
gc.collect(1)
expect_count(0, 0, 1)

step "none counts full collections: all three begin again"
gc.collect()
expect_count(0, 0, 0)

step "that nothing was collected automatically changes none of this"
expect_eq(gc.isenabled(), false)
keep:append(object {})
expect_count(1, 0, 0)
