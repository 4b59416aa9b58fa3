-- Disabled, the collector does not start by itself; it counts on, and obeys.
scenario "gc.disable() and gc.enable()"

keep = list()
gc.collect()
local threshold = gc.get_threshold()

step "automatic collection is on at the start"
expect_eq(gc.isenabled(), true)

step "off: far above the threshold, and nothing happens"
gc.disable()
expect_eq(gc.isenabled(), false)
for _ = 1, threshold + 300 do keep:append(object {}) end
expect_count(threshold + 300, 0, 0)

step "counts work as ever, so what is in no cycle dies at once"
v = list { 1 }
local was_v = v
del "v"
expect_dead(was_v)

step "collecting by hand works as ever"
loop = list {}
loop:append(loop)
del "loop"
expect_collect(1)
expect_count(0, 0, 0)

step "on again: the counter was never reset, the next allocation is the one too many"
for _ = 1, threshold + 300 do keep:append(object {}) end
expect_count(threshold + 300, 0, 0)
gc.enable()
expect_count(threshold + 300, 0, 0)     -- enable() itself collects nothing
keep:append(object {})
expect_count(0, 1, 0)
