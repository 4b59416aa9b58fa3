-- gc.callbacks: functions that are told of each collection, before and after.
scenario "gc.callbacks"

needs "gc.callbacks"
gc.disable()
local log = {}
local function note(phase, info)
  log[#log + 1] = {
    phase, info.generation, info.collected, (gc.get_count()),
  }
end

step "called with \"start\" and \"stop\"; what was found is known at the stop"
gc.callbacks:append(note)
expect_eq(#gc.callbacks, 1)
gc.collect()
log = {}
v = list {}
v:append(v)
w = set { 1 }
del "v"
expect_collect(1)
expect_eq(log, { { "start", 2, 0, 2 }, { "stop", 2, 1, 0 } })

-- (The fourth number above is the first counter.)
step "at the start the counters are still what they were: they are reset afterwards"
expect_eq(log[1][4], 2)

step "automatic collections are told of as well"
log = {}
keep = list()
gc.collect()
gc.set_threshold(5)
gc.enable()
log = {}
for _ = 1, 6 do keep:append(object {}) end
gc.disable()
expect_eq(#log, 2)
local first_above = heap.profile.threshold_reached and 5 or 6
expect_eq(log[1], { "start", 0, 0, first_above })

step "taken out again, it is told nothing"
gc.callbacks:remove(note)
expect_eq(#gc.callbacks, 0)
log = {}
gc.collect()
expect_eq(log, {})
