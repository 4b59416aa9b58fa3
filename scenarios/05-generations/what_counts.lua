-- Generation 0 counts memory really allocated for a container: by type, not by use.
scenario "what counts towards a collection"

gc.disable()
gc.collect()                            -- counters at 0, free lists empty

step "numbers and strings do not count"
n = int(100000)
f = float(3.14)
s = str("some text")
expect_count(0, 0, 0)

step "each container counts once"
a = list { 1, 2, 3 }
expect_count(1, 0, 0)
b = tuple { 1, 2, 3 }
expect_count(2, 0, 0)
c = set { 1 }
expect_count(3, 0, 0)
d = frozenset { 1 }
expect_count(4, 0, 0)
e = weakref.ref(c)
expect_count(5, 0, 0)

step "a list in a list is two"
g = list { list {} }
expect_count(7, 0, 0)

step "an empty dict counts, though up to 3.13 the collector does not look at it yet"
h = dict {}
expect_eq(gc.is_tracked(h), not heap.profile.dict_untracking)
expect_count(8, 0, 0)

step "growing is not counted: a thousand items more are still one list"
for i = 1, 1000 do a:append(i) end
expect_count(8, 0, 0)

-- Up to 3.10 the first attribute makes the instance's dict; later releases keep
-- attributes in the instance.
step "an instance counts once, and its dict once more"
o = class("Node") {}
expect_count(9, 0, 0)
o.name = "first"
local dicts = heap.profile.attributes == "in a dict" and 1 or 0
expect_count(9 + dicts, 0, 0)
o.other = "second"
expect_count(9 + dicts, 0, 0)

step "what comes from a free list does not count: no memory was allocated"
del "h"
h = dict {}
expect_eq(origin(h), "free list")
expect_count(9 + dicts, 0, 0)
