-- A cycle that is opened in one place falls apart by counts alone.
scenario "breaking a cycle by hand"

step "a cycle of three"
gc.disable()
a = list {}
b = list { a }
c = list { b }
a:append(c)
expect_refcnt(c, 2)                     -- the name and a: the ring is closed
local was_a, was_b, was_c = a, b, c

step "take one reference out before letting the names go"
a:clear()                               -- a -> c is gone, c -> b -> a is left
del("a", "b", "c")

step "the counts did it: a died of its name, and so did c, then b"
expect_dead(was_a)
expect_dead(was_b)
expect_dead(was_c)
expect_collect(0)

step "left closed, the same cycle needs the collector"
a = list {}
b = list { a }
c = list { b }
a:append(c)
del("a", "b", "c")
expect_live("list", 3)
expect_collect(3)
