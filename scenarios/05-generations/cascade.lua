-- From generation 0 to 1 to 2: every counter must be *above* its threshold.
scenario "the cascade"

keep = list()
gc.collect()
gc.set_threshold(10, 3, 2)              -- small numbers, so that it can be followed
local collected = {}
gc.callbacks:append(function(phase, info)
  if phase == "start" then collected[#collected + 1] = info.generation end
end)

local function trigger()
  for _ = 1, 11 do keep:append(list {}) end
end

step "thresholds 10, 3, 2: four collections of generation 0, the fifth is of generation 1"
for n = 1, 4 do
  trigger()
  expect_count(0, n, 0)
end
trigger()
expect_count(0, 0, 1)

step "twice more: the third counter is at 3, which is above 2"
for _ = 1, 10 do trigger() end
expect_count(0, 0, 3)

step "the oldest generation is asked first: the very next trigger collects it"
trigger()
expect_count(0, 0, 0)
expect_eq(collected, { 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2 })

-- With 700, 10 and 10 that is the 133rd trigger: 11 times 12, and one.  And even
-- that only if generation 2 has not grown large: see quarter_rule.lua.
step "everything has arrived in generation 2"
expect_eq(heap.generation(keep[0]), 2)
expect_eq(heap.generation(keep), 2)
