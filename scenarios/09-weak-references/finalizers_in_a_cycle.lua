-- In garbage all finalizers run first; only then is anything taken apart.
scenario "a ring of three with finalizers"

local log = {}
local Node = class("Node", {
  __del__ = function(self)
    log[#log + 1] = value(self.name) .. " sees " .. value(self.next.name)
  end,
})

step "three nodes in a ring"
a = Node { name = "a" }
b = Node { name = "b" }
c = Node { name = "c" }
a.next = b
b.next = c
c.next = a
local was_a = a
del("a", "b", "c")
expect_eq(log, {})

-- Up to Python 3.3 (and in 2.7) such a ring was never freed: nobody could say which
-- finalizer should come first.  Now there is an order, and none finds a ruin.
if heap.profile.finalizers == "legacy" then
  step "2.7 frees nothing of it, and shows the three in gc.garbage"
  gc.collect()
  expect_eq(log, {})
  expect_eq(#gc.garbage, 3)
  return
end

step "each runs once, oldest first, and finds its neighbour as it was"
gc.collect()
expect_eq(log, { "a sees b", "b sees c", "c sees a" })
expect_dead(was_a)
expect_eq(#gc.garbage, 0)
