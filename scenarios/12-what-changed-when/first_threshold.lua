-- The first threshold is 700 up to 3.12 and 2000 from 3.13 on.
scenario "700 or 2000"

local threshold = gc.get_threshold()
local above = heap.profile.threshold_reached and 0 or 1
local collections = 0
heap.on("collection_started", function() collections = collections + 1 end)

step "up to 3.12 generation 0 is looked at after 700 new containers, later after 2000"
expect_eq(threshold, heap.profile.thresholds[1])
expect_eq({ select(2, gc.get_threshold()) }, { 10, 10 })

step "the same ten thousand live objects: fourteen collections, or four"
keep = list()
gc.collect()
collections = 0
for _ = 1, 10000 do keep:append(object {}) end
expect_eq(collections, 10000 // (threshold + above))

step "the number is only where a program starts: it can be set in every release"
keep:clear()
gc.collect()
gc.set_threshold(2000)
collections = 0
for _ = 1, 9000 do keep:append(object {}) end
expect_eq(collections, 4)
