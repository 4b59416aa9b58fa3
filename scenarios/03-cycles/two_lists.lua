-- Two lists that hold each other outlive their names; only the collector finds them.
scenario "a cycle of two lists"

step "two lists, each with a name"
v1 = list { 11, 22, 33 }
v2 = list { 44, 55, 66 }
expect_refcnt(v1, 1)
expect_refcnt(v2, 1)

step "appended to each other, each is held by its name and by the other list"
v1:append(v2)
v2:append(v1)
expect_refcnt(v1, 2)
expect_refcnt(v2, 2)
show(v1)                                -- [11, 22, 33, [44, 55, 66, [...]]]

step "without the names each count is 1: not 0, so nothing is destroyed"
local was_v1, was_v2 = v1, v2           -- locals are plain Lua: they do not count
del "v1"
del "v2"
expect_refcnt(was_v1, 1)
expect_refcnt(was_v2, 1)
expect_live("list", 2)

step "no name leads to them any more, only they to each other"
expect_same(was_v1[3], was_v2)
expect_same(was_v2[3], was_v1)

step "the collector finds both"
expect_collect(2)
expect_dead(was_v1)
expect_dead(was_v2)
expect_live("list", 0)

step "a second collection finds nothing more"
expect_collect(0)
