-- A full collection also waits until enough is new: a quarter of what it left last time.
scenario "the rule that delays full collections"

needs "quarter_rule"

-- Looking at everything that is alive takes long when much is alive.  So it is not
-- done until the objects that have moved into generation 2 since the last full
-- collection are at least a quarter of those that were left by it.
keep = list()
gc.collect()
local collected = {}
heap.on("collection_started", function(e) collected[#collected + 1] = e.generation end)
local function trigger()
  for _ = 1, 11 do keep:append(object {}) end
end

gc.set_threshold(10, 1, 1)              -- generation 1 every third time, 2 as soon as it may

step "little is old: the full collection comes when its counter says so, the seventh time"
for _ = 1, 7 do trigger() end
expect_eq(collected, { 0, 0, 1, 0, 0, 1, 2 })

step "400 old objects: a full collection leaves 401 objects, a quarter is 100"
keep:clear()
gc.disable()
for _ = 1, 400 do keep:append(object {}) end
gc.collect()
gc.enable()
collected = {}

-- Each collection of generation 1 brings some 33 more.  After two the counter is
-- at 2, above its threshold; but 66 are less than 100.
step "now the seventh trigger passes generation 2 over, and so do the next five"
for _ = 1, 12 do trigger() end
expect_eq(collected, { 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1 })

step "its counter goes on growing meanwhile, far above the threshold"
expect_count(0, 0, 4)

step "after the fourth some 132 are new, more than 100: the thirteenth is full"
trigger()
expect_eq(collected[13], 2)
expect_count(0, 0, 0)

step "gc.collect() obeys no such rule: by hand a full collection always runs"
collected = {}
gc.collect()
gc.collect()
expect_eq(collected, { 2, 2 })
