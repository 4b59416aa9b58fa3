-- "After ten scans of generation 1, generation 2": if enough has grown old meanwhile.
scenario "the quarter rule"

local quarter = heap.profile.quarter_rule
local collected = {}
heap.on("collection_started", function(e) collected[#collected + 1] = e.generation end)

step "a thousand old objects: what a full collection leaves behind"
gc.disable()
keep = list()
for _ = 1, 999 do keep:append(object {}) end
gc.collect()
expect_eq(#gc.get_objects(), 1000)

-- Small thresholds, so that generation 2 is due soon: some ten new objects to a scan, and
-- generation 1 every second or third time.
step "small thresholds, and new objects, all kept, until generation 2 is scanned"
gc.set_threshold(10, 1, 1)
gc.enable()
collected = {}
local new = 0
repeat
  keep:append(object {})
  new = new + 1
until collected[#collected] == 2 or new == 1000

-- By the counters alone that takes some 70 objects.  But looking at everything that is
-- alive is dear when much is alive: a quarter of the thousand has to be new as well.
step "not after 70, but when 250 more have arrived in generation 2"
expect_eq(new > 250, quarter ~= 0)
expect(new < 350)

step "whoever calls gc.collect() is not asked to wait"
collected = {}
gc.collect()
gc.collect()
expect_eq(collected, { 2, 2 })
