-- Up to 3.10 an instance keeps its attributes in a dict of its own; from 3.11 on in
-- itself.
scenario "an object less"

local in_a_dict = heap.profile.attributes == "in a dict"
local dict_of = in_a_dict and 1 or 0
local Node = class "Node"
gc.disable()
gc.collect()

step "without attributes it is one object to count"
node = Node {}
expect_count(1, 0, 0)

step "the first attribute makes the dict, where there is one: one more"
node.name = "n"
expect_count(1 + dict_of, 0, 0)
expect_live("dict", dict_of)

step "a list is held by the instance's dict, or by the instance"
node.items = list {}
local holder = gc.get_referrers(node.items)[1]
expect_eq(typename(holder), in_a_dict and "dict" or "Node")

step "among all tracked objects: the node, the list, and the dict that holds it"
expect_eq(#gc.get_objects(), 2 + dict_of)

-- The best known consequence: gc.collect() returns other numbers for the same program.
step "two nodes in each other are four objects of garbage, or two"
del "node"
a = Node {}
b = Node { partner = a }
a.partner = b
del("a", "b")
expect_collect(2 + 2 * dict_of)
