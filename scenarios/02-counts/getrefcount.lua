-- sys.getrefcount shows one more than there are: its own argument is a reference.
scenario "getrefcount's extra one"

step "one name, and yet it says 2"
v = list {}
expect_eq(sys.getrefcount(v), 2)
expect_refcnt(v, 1)                     -- what is really there

step "the extra one is gone as soon as the call is over"
for _ = 1, 3 do expect_eq(sys.getrefcount(v), 2) end
expect_refcnt(v, 1)

step "it is always exactly one more"
w = v
holder = list { v, v }
expect_refcnt(v, 4)
expect_eq(sys.getrefcount(v), 5)

step "to be read as a difference: what does this line add?"
local before = sys.getrefcount(v)
holder:append(v)
expect_eq(sys.getrefcount(v) - before, 1)
