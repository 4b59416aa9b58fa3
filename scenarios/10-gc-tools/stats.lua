-- gc.get_stats(): how often each generation was collected, and what was found.
scenario "gc.get_stats"

needs "gc.get_stats"
gc.disable()
local function stats(generation)
  return gc.get_stats()[generation + 1]  -- Lua counts from 1
end

step "a collection is booked on the generation that was asked for, and only there"
local before = { stats(0).collections, stats(1).collections, stats(2).collections }
gc.collect(1)
expect_eq({ stats(0).collections, stats(1).collections, stats(2).collections },
  { before[1], before[2] + 1, before[3] })

step "what it found is added up, wherever the objects were"
local found = stats(2).collected
v = list {}
v:append(v)
gc.collect(0)                           -- v is in generation 1 now
del "v"
w = list {}
w:append(w)
del "w"
expect_collect(2)
expect_eq(stats(2).collected, found + 2)
expect_eq(stats(1).collected, 0)

step "automatic collections are counted with those by hand"
gc.set_threshold(5)
keep = list()
gc.collect()
local automatic = stats(0).collections
gc.enable()
for _ = 1, 6 do keep:append(object {}) end
gc.disable()
expect_eq(stats(0).collections, automatic + 1)

step "nothing is uncollectable any more since finalizers run in cycles, too"
expect_eq(stats(2).uncollectable, 0)
