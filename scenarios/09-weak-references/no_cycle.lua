-- Where one of two directions is weak there is no cycle, and nothing to collect.
scenario "parent and child"

local Node = class "Node"
gc.disable()

step "both directions strong: parent and child wait for the collector"
parent = Node {}
child = Node { parent = parent }
parent.child = child
local was_parent, was_child = parent, child
del("parent", "child")
expect_alive(was_parent)
expect_alive(was_child)
expect(gc.collect() >= 2)
expect_dead(was_parent)

step "the way up weak: the counts do it, at once"
parent = Node {}
child = Node { parent = weakref.ref(parent) }
parent.child = child
expect_refcnt(parent, 1)
expect_refcnt(child, 2)
expect_same(child.parent(), parent)
was_parent, was_child = parent, child
del("parent", "child")
expect_dead(was_parent)
expect_dead(was_child)
expect_collect(0)

step "a child that outlives its parent finds None above it"
parent = Node {}
child = Node { parent = weakref.ref(parent) }
parent.child = child
del "parent"
expect_same(child.parent(), None)
