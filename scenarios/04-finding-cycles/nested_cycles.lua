-- Cycles that share members are found in one go, or not at all.
scenario "cycles in cycles"

step "a figure of eight: two rings with one member in common"
middle = list {}
left = list { middle }
right = list { middle }
middle:extend(tuple { left, right })
expect_refcnt(middle, 3)
expect_refcnt(left, 2)
local was_left, was_middle = left, middle

step "one name on the left ring keeps the right ring as well"
del("middle", "right")
expect_collect(0)
expect_live("list", 3)

step "the last name gone, both rings go in one collection"
del "left"
expect_collect(3)
expect_dead(was_left)
expect_dead(was_middle)

step "a ring within a ring within a ring"
outer_ring = list {}
inner_ring = list { outer_ring }
outer_ring:append(inner_ring)
innermost = list { inner_ring }
inner_ring:append(innermost)
innermost:append(innermost)
expect_refcnt(inner_ring, 3)            -- name, outer_ring, innermost
expect_refcnt(innermost, 3)             -- name, inner_ring, itself
del("outer_ring", "inner_ring", "innermost")
expect_collect(3)

step "every one of a hundred lists holding every other"
crowd = list {}
for _ = 1, 100 do crowd:append(list {}) end
for i = 0, 99 do crowd[i]:extend(crowd) end
expect_refcnt(crowd[0], 101)            -- crowd, itself and 99 others
del "crowd"                             -- crowd itself is in no cycle: its count was 1
expect_live("list", 100)
expect_collect(100)
