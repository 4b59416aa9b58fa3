-- A weak reference leads to an object without keeping it alive.
scenario "a reference that does not count"

local Node = class "Node"

step "calling it gives the object; the count does not know of it"
node = Node {}
w = weakref.ref(node)
expect_refcnt(node, 1)
expect_same(w(), node)

step "the last counted reference goes, and the weak one leads to None"
del "node"
expect_same(w(), None)

step "a new object at the same address is not mistaken for the old one"
node = Node {}
expect_same(w(), None)

step "asked for again, it is the same weak reference"
w1 = weakref.ref(node)
w2 = weakref.ref(node)
expect_same(w1, w2)
expect_refcnt(w1, 2)                    -- w1 and w2

step "sets, frozensets and instances can be referred to weakly"
s = set { 1 }
w = weakref.ref(s)
expect_same(w(), s)

step "lists, tuples, dicts, numbers and strings have no room for it"
for _, x in ipairs { list {}, tuple { 1 }, dict {}, int(1000), float(1.5), str("text") } do
  expect_error("TypeError: cannot create weak reference to '" .. typename(x) .. "' object",
    function() weakref.ref(x) end)
end
