-- What goes through a free list is invisible to the collector's counter.
scenario "a loop that never triggers a collection"

local threshold = gc.get_threshold()
local collections = 0
heap.on("collection_started", function() collections = collections + 1 end)

step "three thousand lists, one at a time: one allocation, and no collection"
gc.collect()
collections = 0
for _ = 1, 3000 do
  v = list { 11, 22, 33 }
  del "v"
end
expect_eq(collections, 0)
expect((gc.get_count()) <= 1)

step "without the del two heads take turns: the new list is made before the old one goes"
gc.collect()
collections = 0
for _ = 1, 3000 do v = list { 11, 22, 33 } end
expect_eq(collections, 0)
expect((gc.get_count()) <= 2)

step "keeping them is what makes a collection: 701 at a time"
gc.collect()
collections = 0
keep = list()
for _ = 1, threshold do keep:append(object {}) end
expect_eq(collections, 1)               -- keep itself was the one too many
