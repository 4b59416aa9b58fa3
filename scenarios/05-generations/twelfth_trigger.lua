-- Not ten scans of generation 0 and then one of generation 1: eleven, and the
-- twelfth trigger takes generation 1.
scenario "eleven, then the twelfth"

keep = list()
gc.collect()
local threshold = gc.get_threshold()
local collected = {}                    -- which generation each collection was of
heap.on("collection_started", function(e) collected[#collected + 1] = e.generation end)

-- (Believed at its word, a tutorial that says "at 10" is right: there 10 is enough.)
local above = heap.profile.threshold_reached and 0 or 1

-- Just enough new containers for one automatic collection.
local function trigger()
  for _ = 1, threshold + above do keep:append(list {}) end
end

step "ten triggers: ten collections of generation 0, and the second counter at 10"
for _ = 1, 10 do trigger() end
expect_count(0, 10, 0)

step "10 is not more than the threshold of 10: the eleventh is of generation 0 as well"
for _ = 1, above do trigger() end
expect_count(0, 10 + above, 0)

step "11 is: the twelfth is of generation 1, which takes generation 0 along"
trigger()
expect_count(0, 0, 1)
local twelve = {}
for n = 1, 10 + above do twelve[n] = 0 end
twelve[#twelve + 1] = 1
expect_eq(collected, twelve)

step "a second threshold of 0 makes it every other one, not every one: 0 is not above 0"
gc.collect()
gc.set_threshold(threshold, 0, 10)
collected = {}
for _ = 1, 6 do trigger() end
expect_eq(collected, above == 1 and { 0, 1, 0, 1, 0, 1 } or { 1, 1, 1, 1, 1, 1 })
