-- What remains of a copy above 0 is a reference from outside; all that can be reached
-- from there survives.
scenario "what stays reachable"

step "two cycles of the same shape, one of them with a name"
a1 = list {}
a2 = list { a1 }
a1:append(a2)
b1 = list {}
b2 = list { b1 }
b1:append(b2)
local kept_1, kept_2, lost_1, lost_2 = a1, a2, b1, b2
del("a2", "b1", "b2")                   -- of all four names only a1 is left

step "the counts alone do not tell them apart: 1 inside each, and one name"
expect_refcnt(kept_1, 2)
expect_refcnt(kept_2, 1)
expect_refcnt(lost_1, 1)
expect_refcnt(lost_2, 1)

-- Take off the internal references: kept_1 keeps 1 (its name), the other three
-- have 0.  But kept_2 is reached from kept_1, and is taken back.
step "a copy that falls to 0 is only a suspect: kept_2 is rescued"
expect_collect(2)
expect_alive(kept_1)
expect_alive(kept_2)
expect_dead(lost_1)
expect_dead(lost_2)

step "rescue goes as far as references go"
for _ = 1, 50 do a2 = list { a1 } a1:append(a2) a1 = a2 end
expect_collect(0)
expect_live("list", 52)
