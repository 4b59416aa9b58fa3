-- gc.is_tracked(x): whether the collector looks at x.  By type, and then by content.
scenario "gc.is_tracked"

local profile = heap.profile

step "never: what can hold nothing"
for _, x in ipairs { None, True, int(1000), float(1.5), str("text") } do
  expect_eq(gc.is_tracked(x), false)
end
local never_untracks = profile.tuple_untracking == "never"      -- the textbook
expect_eq(gc.is_tracked(tuple {}), never_untracks)

step "always: lists, sets and instances, also empty ones"
for _, x in ipairs { list {}, set {}, class("Node") {} } do
  expect_eq(gc.is_tracked(x), true)
end
expect_eq(gc.is_tracked(frozenset {}), not profile.frozenset_untracking)

step "a dict: once a container is put into it; from 3.14 on, always"
local late = profile.dict_untracking
d = dict {}
expect_eq(gc.is_tracked(d), not late)
d:set("age", 18)
expect_eq(gc.is_tracked(d), not late)
d:set("friends", list {})
expect_eq(gc.is_tracked(d), true)

step "taking the container out changes nothing; a full collection looks again"
d:delitem("friends")
expect_eq(gc.is_tracked(d), true)
gc.collect(0)
gc.collect(1)
expect_eq(gc.is_tracked(d), true)
gc.collect(2)
expect_eq(gc.is_tracked(d), not late)

-- (The usual tutorial knows of no untracking; from 3.14 on most such tuples are not
-- tracked to begin with.)
local never = profile.tuple_untracking == "never"
step "a tuple: from the start, until a collection finds numbers and strings only"
t = tuple { 1, "two", 3.0 }
expect_eq(gc.is_tracked(t), not profile.tuple_born_untracked)
gc.collect(0)
expect_eq(gc.is_tracked(t), never)

step "a tuple with a list in it stays tracked"
t = tuple { list {} }
gc.collect()
expect_eq(gc.is_tracked(t), true)

step "a nest of tuples is let go of from the inside, and not all at once"
t = tuple { tuple { 1 } }
gc.collect(0)
expect_eq(gc.is_tracked(t[0]), never)
gc.collect()
expect_eq(gc.is_tracked(t), never)
