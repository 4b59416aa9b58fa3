-- What goes through a free list is invisible to the collector's counter.
scenario "a loop that never triggers a collection"

local threshold = gc.get_threshold()
local function automatic_collections()
  local count = 0
  for _, generation in ipairs(gc.get_stats()) do count = count + generation.collections end
  return count
end

step "three thousand lists, one at a time: one allocation, and no collection"
gc.collect()
local before = automatic_collections()
for _ = 1, 3000 do
  v = list { 11, 22, 33 }
  del "v"
end
expect_eq(automatic_collections(), before)
expect_count(1, 0, 0)

step "without the del two heads take turns: the new list is made before the old one goes"
gc.collect()
before = automatic_collections()
for _ = 1, 3000 do v = list { 11, 22, 33 } end
expect_eq(automatic_collections(), before)
expect_count(2, 0, 0)

step "keeping them is what makes a collection: 701 at a time"
gc.collect()
before = automatic_collections()
keep = list()
for _ = 1, threshold do keep:append(list {}) end
expect_eq(automatic_collections(), before + 1)  -- keep itself was the one too many
