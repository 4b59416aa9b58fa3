-- The memory that came last goes out first.
scenario "a free list is a stack"

step "three floats die, one after the other"
a = float(1.5)
b = float(2.5)
c = float(3.5)
local id_a, id_b, id_c = id(a), id(b), id(c)
del "a"
del "b"
del "c"

step "the next three get their memory in the opposite order"
x = float(4.5)
y = float(5.5)
z = float(6.5)
expect_eq({ id(x), id(y), id(z) }, { id_c, id_b, id_a })

step "lists and dicts are the same"
a = list {}
b = list {}
id_a, id_b = id(a), id(b)
del("a", "b")                           -- a, then b
a = list {}
b = list {}
expect_eq({ id(a), id(b) }, { id_b, id_a })

-- A list goes on the free list when it has released its items: after them.
step "a list in a list: the outer one comes out first"
del("a", "b")
gc.collect()                            -- empties the free lists
v = list { list {} }
local outer_id, inner_id = id(v), id(v[0])
del "v"
first_served = list {}
second_served = list {}
expect_eq({ id(first_served), id(second_served) }, { outer_id, inner_id })
