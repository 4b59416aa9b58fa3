-- In a scenario only Python's own references count; a Lua local is a bystander.
scenario "what a scenario's own variables do to a count"

step "a global that is given a heap object is a Python name: it counts"
v = list {}
expect_refcnt(v, 1)

step "a Lua local, a table, an argument: handles, which count nothing"
local handle = v
local several = { v, v, v }
expect_refcnt(v, 1)
expect_same(handle, several[3])

step "so a handle keeps nothing alive"
del "v"
expect_dead(handle)

-- A new object that nobody has stored yet would be gone at once: its handle owns
-- one reference, until a name or a container takes that one over.
step "a temporary is owned by its handle until it is stored"
local fresh = list {}
expect_refcnt(fresh, 1)
holder = list { fresh }
expect_refcnt(fresh, 1)                 -- the same reference, now the holder's
local from_list = holder:pop()          -- out of its last holder: a temporary again
expect_refcnt(from_list, 1)

step "drop() ends a temporary on the spot"
drop(from_list)
expect_dead(from_list)

step "one that Lua has lost goes at the next expectation"
do
  local _ = list {}
  expect_live("list", 2)                -- it and holder
end
expect_live("list", 1)
