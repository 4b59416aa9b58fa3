-- "After ten scans of generation 0, generation 1 is scanned once": after eleven.
scenario "ten or twelve"

local reached = heap.profile.threshold_reached
local collected = {}
heap.on("collection_started", function(e) collected[#collected + 1] = e.generation end)

-- New objects, all kept, until there has been one more collection.
local function next_collection()
  local before = #collected
  repeat keep:append(object {}) until #collected > before
end

step "collections one after the other, until one is of generation 1"
keep = list()
gc.collect()
collected = {}
repeat next_collection() until collected[#collected] == 1

-- The second counter goes up with each scan of generation 0, and has to be *above* 10.
-- That is noticed at the next trigger, which then takes both generations at once.
step "it is the twelfth: eleven of generation 0 came before it"
expect_eq(#collected, reached and 11 or 12)

step "there is no other scan of generation 0 beside it: generation 1 brings it along"
expect_eq(heap.generation(keep[-2]), 2)
expect_count(0, 0, 1)
