-- The smallest cycle is one object that holds itself.
scenario "a list in itself"

step "a list in itself is held by its name and by itself"
v = list {}
v:append(v)
expect_refcnt(v, 2)
expect_same(v[0], v)
expect_eq(repr(v), "[[...]]")

step "without the name: one object, found"
local was_v = v
del "v"
expect_refcnt(was_v, 1)
expect_collect(1)
expect_dead(was_v)

step "a dict as its own value is the same"
d = dict {}
d:set("me", d)
expect_eq(repr(d), "{'me': {...}}")
del "d"
expect_collect(1)

step "an instance with itself as an attribute"
local Node = class "Node"
node = Node {}
node.me = node
local was_node = node
del "node"
expect_alive(was_node)
expect(gc.collect() > 0)
expect_dead(was_node)

step "three times in itself makes three references, and still one object"
v = list {}
for _ = 1, 3 do v:append(v) end
expect_refcnt(v, 4)
del "v"
expect_collect(1)
