-- A weak reference can have a function called when its object is gone.
scenario "callbacks"

step "it is called once, with the reference, which leads nowhere any more"
local calls = {}
s = set { 1 }
w = weakref.ref(s, function(ref)
  calls[#calls + 1] = is(ref, w) and is(ref(), None) and "dead" or "alive"
end)
expect_eq(calls, {})
del "s"
expect_eq(calls, { "dead" })

step "several on one object: the newest is called first"
local order = {}
s = set { 1 }
w1 = weakref.ref(s, function() order[#order + 1] = 1 end)
w2 = weakref.ref(s, function() order[#order + 1] = 2 end)
w3 = weakref.ref(s, function() order[#order + 1] = 3 end)
expect_distinct(w1, w2)                 -- with a callback always a new one
del "s"
expect_eq(order, { 3, 2, 1 })

step "a reference that dies before its object calls nobody"
order = {}
s = set { 1 }
w1 = weakref.ref(s, function() order[#order + 1] = 1 end)
del "w1"
del "s"
expect_eq(order, {})

step "the collector calls it too, if the reference itself is no garbage"
local Node = class "Node"
node = Node {}
node.me = node
w1 = weakref.ref(node, function() order[#order + 1] = "outside" end)
node.watch = weakref.ref(node, function() order[#order + 1] = "inside" end)
expect_same(node.watch(), node)
del "node"
gc.collect()
expect_eq(order, { "outside" })
