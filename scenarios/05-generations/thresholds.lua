-- Each generation has a threshold; the program can read and change all three.
scenario "get_threshold and set_threshold"

step "700, 10 and 10 (from 3.13 on the first is 2000)"
expect_eq({ gc.get_threshold() }, heap.profile.thresholds)
expect_eq({ select(2, gc.get_threshold()) }, { 10, 10 })

step "set_threshold changes the first, the first two, or all"
gc.set_threshold(50)
expect_eq({ gc.get_threshold() }, { 50, 10, 10 })
gc.set_threshold(60, 5)
expect_eq({ gc.get_threshold() }, { 60, 5, 10 })
gc.set_threshold(70, 6, 7)
expect_eq({ gc.get_threshold() }, { 70, 6, 7 })

step "what is no threshold is refused, and nothing changes"
expect_error("TypeError", function() gc.set_threshold() end)
expect_error("TypeError", function() gc.set_threshold("many") end)
expect_error("TypeError", function() gc.set_threshold(1, 2, 3, 4) end)
expect_error("OverflowError", function() gc.set_threshold(1 << 40) end)
expect_eq({ gc.get_threshold() }, { 70, 6, 7 })

step "a first threshold of 0 turns automatic collection off; counting goes on"
gc.set_threshold(0)
gc.collect()
keep = list()
for _ = 1, 5000 do keep:append(list {}) end
expect_count(5001, 0, 0)                -- keep, and what is in it
expect_eq(gc.isenabled(), true)         -- the switch of gc.disable() is another one
