-- sys.getobjects(-1): nothing while the refchain is a linked list, everything from 3.13
-- on.
scenario "how many objects are -1?"

step "a limit of 0 is no limit, in every release"
v = list {}
local all = #sys.getobjects(0, "list")
expect_eq(all, 1)

-- Up to 3.12 the walk goes on while the number left is above 0; 3.13, with a hash table
-- of objects in place of the ring, counts up to the limit and never meets a negative one.
step "a negative limit: no object up to 3.12, all of them from 3.13 on"
expect_eq(#sys.getobjects(-1, "list"), heap.profile.refchain_is_table and all or 0)
