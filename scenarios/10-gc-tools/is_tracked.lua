-- gc.is_tracked(x): whether the collector looks at x.  By type, and then by content.
scenario "gc.is_tracked"

step "never: what can hold nothing"
for _, x in ipairs { None, True, int(1000), float(1.5), str("text") } do
  expect_eq(gc.is_tracked(x), false)
end
local profile = heap.profile
local never_untracks = profile.tuple_untracking == "never"      -- the textbook
expect_eq(gc.is_tracked(tuple {}), never_untracks)

step "always: lists, sets and instances, also empty ones; up to 3.14 every frozenset"
for _, x in ipairs { list {}, set {}, class("Node") {} } do
  expect_eq(gc.is_tracked(x), true)
end
expect_eq(gc.is_tracked(frozenset {}), not profile.frozenset_untracking)

step "a dict: once a container is put into it; from 3.14 always"
local always = not profile.dict_untracking
d = dict {}
expect_eq(gc.is_tracked(d), always)
d:set("age", 18)
expect_eq(gc.is_tracked(d), always)
d:set("friends", list {})
expect_eq(gc.is_tracked(d), true)

step "taking the container out changes nothing; a full collection looks again"
d:delitem("friends")
expect_eq(gc.is_tracked(d), true)
gc.collect(0)
gc.collect(1)
expect_eq(gc.is_tracked(d), true)
gc.collect(2)
expect_eq(gc.is_tracked(d), always)

step "a tuple: from the start, until a collection finds numbers and strings only"
t = tuple { 1, "two", 3.0 }
expect_eq(gc.is_tracked(t), not profile.tuple_born_untracked)   -- from 3.14: never
gc.collect(0)
expect_eq(gc.is_tracked(t), never_untracks)

step "a tuple with a list in it stays tracked"
t = tuple { list {} }
gc.collect()
expect_eq(gc.is_tracked(t), true)

step "a nest of tuples is let go of from the inside, and not all at once"
t = tuple { tuple { 1 } }
gc.collect(0)
expect_eq(gc.is_tracked(t[0]), never_untracks)
gc.collect()
expect_eq(gc.is_tracked(t), never_untracks)
