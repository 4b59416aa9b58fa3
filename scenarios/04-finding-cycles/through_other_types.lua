-- A cycle can lead through anything that holds references, even through what cannot
-- be changed.
scenario "cycles through tuples, dicts, sets and instances"

step "a tuple is finished when it is made: the way back is through something else in it"
v = list {}
t = tuple { v }
v:append(t)
del("v", "t")
expect_collect(2)                       -- a tuple and a list

step "a dict's values and keys"
d = dict {}
v = list { d }
d:set("back", v)
del("d", "v")
expect_collect(2)

step "a set holds what is hashable: lists are not, instances are"
expect_error("unhashable type: 'list'", function() return set { list {} } end)
local Node = class "Node"
node = Node {}
node.group = set { node }
local was_node, was_group = node, node.group
expect_refcnt(was_node, 2)
del "node"
expect(gc.collect() >= 2)
expect_dead(was_node)
expect_dead(was_group)

-- Up to 3.10 an instance keeps its attributes in a dict, a container of its own:
-- two instances in each other are four objects.  Later ones need no dict: two.
step "two instances in each other, and how many objects that is"
a = Node {}
b = Node { partner = a }
a.partner = b
del("a", "b")
local dicts = heap.profile.attributes == "in a dict" and 2 or 0
expect_collect(2 + dicts)
