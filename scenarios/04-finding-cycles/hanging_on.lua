-- Garbage is everything that only garbage leads to, not just the ring itself.
scenario "what hangs on a cycle goes with it"

step "a list that is in no cycle, held by one that is"
loop = list {}
loop:append(loop)
loop:append(list { 3.14, list {} })
local tail = loop[1]
expect_refcnt(tail, 1)
del "loop"
expect_live("list", 3)
expect_live("float", 1)

step "three lists are found; the float is no container, and just dies with them"
expect_collect(3)
expect_dead(tail)
expect_live("list", 0)
expect_live("float", 0)

step "what a name holds as well stays, one reference lighter"
shared = list {}
loop = list { shared }
loop:append(loop)
expect_refcnt(shared, 2)
del "loop"
expect_collect(1)
expect_refcnt(shared, 1)

step "clearing one member can destroy others before their turn comes"
loop = list {}
for _ = 1, 5 do loop:append(list { list {} }) end
loop:append(loop)
del "loop"
expect_collect(11)                      -- 1 + 5 + 5, however they died
expect_live("list", 1)                  -- shared
