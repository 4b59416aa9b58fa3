-- gc.get_referrers(x) gives the containers that refer to x: who keeps it alive?
scenario "gc.get_referrers"

step "the containers that hold it, each once"
v = set { 1 }
a = list { v, v }
b = tuple { v }
c = dict { key = v }
local referrers = gc.get_referrers(v)
expect_eq(#referrers, 3)
expect_same(referrers[1], a)
expect_same(referrers[2], b)
expect_same(referrers[3], c)
expect_refcnt(v, 5)                     -- twice in a; and the name, which is no container

step "only direct ones: what holds the holder is another question"
outer = list { a }
expect_eq(#gc.get_referrers(v), 3)
expect_same(gc.get_referrers(a)[1], outer)

-- Up to 3.10 it is the instance's dict that holds an attribute, and is named here.
step "of an instance it is what holds the attributes"
node = class("Node") { payload = a }
local holder = gc.get_referrers(a)[2]
expect_eq(typename(holder), heap.profile.attributes == "in a dict" and "dict" or "Node")

step "what is not tracked is not searched: up to 3.13 this dict is in no generation"
number = int(100000)
d = dict { n = number }
expect_refcnt(number, 2)
expect_eq(#gc.get_referrers(number), heap.profile.dict_untracking and 0 or 1)
d:set("list", list {})                  -- now it is tracked
expect_same(gc.get_referrers(number)[1], d)
