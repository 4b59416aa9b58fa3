-- "Lists, tuples, dicts and sets are put on the collector's list": some are, for a time.
scenario "is every container in a generation?"

-- (Taken at its word, in the profile `textbook`, the sentence is true.)
local profile = heap.profile
local never_left_out = profile.tuple_untracking == "never"
gc.disable()

step "a list and a set always are, even with nothing but numbers in them"
v = list { 1, 2 }
w = set { 1, 2 }
gc.collect()
expect_eq({ gc.is_tracked(v), gc.is_tracked(w) }, { true, true })

step "the empty tuple is not: it cannot hold anything, ever"
expect_eq(gc.is_tracked(tuple {}), never_left_out)

step "a tuple of numbers is not, after a collection has looked into it"
t = tuple { 1, 2 }
gc.collect(0)
expect_eq(gc.is_tracked(t), never_left_out)

step "a dict of numbers is not up to 3.13; later releases do not make the effort"
d = dict { a = 1 }
expect_eq(gc.is_tracked(d), not profile.dict_untracking)

step "with a list in it each of them is: through it a cycle may lead"
for _, x in ipairs { tuple { v }, dict { list = v } } do expect_eq(gc.is_tracked(x), true) end
