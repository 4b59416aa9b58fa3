-- With DEBUG_SAVEALL garbage is not destroyed but put aside, to be looked at.
scenario "gc.garbage and the debug flags"

gc.disable()

step "no flag is set at the start, and gc.garbage is empty"
expect_eq(gc.get_debug(), 0)
expect_eq(#gc.garbage, 0)

step "the flags are bits; DEBUG_LEAK is three of them, and in 2.7 two more that it alone has"
expect_eq({ gc.DEBUG_STATS, gc.DEBUG_COLLECTABLE }, { 1, 2 })
expect_eq({ gc.DEBUG_UNCOLLECTABLE, gc.DEBUG_SAVEALL }, { 4, 32 })
local three = gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE | gc.DEBUG_SAVEALL
expect_eq(gc.DEBUG_LEAK & three, three)
expect_eq(gc.DEBUG_LEAK, heap.profile.debug_kinds and three | 8 | 16 or three)

step "SAVEALL: found as always, and kept"
gc.set_debug(gc.DEBUG_SAVEALL)
v1 = list { 11, 22, 33 }
v2 = list { 44, 55, 66 }
v1:append(v2)
v2:append(v1)
local was_v1, was_v2 = v1, v2
del("v1", "v2")
expect_collect(2)
expect_alive(was_v1)
expect_eq(#gc.garbage, 2)
expect_same(gc.garbage[1], was_v1)
expect_same(gc.garbage[2], was_v2)

step "gc.garbage holds a reference to each; nothing has been taken out of them"
expect_refcnt(was_v1, 2)
expect_eq(#was_v1, 4)
expect_collect(0)                       -- held, they are no garbage any more

step "emptied, it lets them go: garbage again, found again"
gc.garbage:clear()
gc.set_debug(0)
expect_eq(#gc.garbage, 0)
expect_alive(was_v1)
expect_collect(2)
expect_dead(was_v1)
expect_dead(was_v2)
