-- 2.7 does not touch a cycle with a finalizer in it; since 3.4 its finalizers run, and
-- it is freed.
scenario "__del__ in a cycle"

local legacy = heap.profile.finalizers == "legacy"
local log = {}
local Node = class("Node", {
  __del__ = function(self) log[#log + 1] = value(self.name) end,
})
gc.disable()

step "two nodes that hold each other, both with __del__"
a = Node { name = "a" }
b = Node { name = "b", partner = a }
a.partner = b
local was_a, was_b = a, b
del("a", "b")
expect_eq(log, {})

-- Which of the two should be finalized first?  Either would find its partner in ruins,
-- if that went first.  2.7 refuses to choose: it puts them into gc.garbage, and the
-- program may break the cycle.  Since 3.4 all finalizers run first, while everything
-- is whole, and only then is anything taken apart: the order hardly matters.
step "2.7 runs none and puts both aside; later releases run both and free them"
expect(gc.collect() > 0)
expect_eq(log, legacy and {} or { "a", "b" })
expect_eq(#gc.garbage, legacy and 2 or 0)
expect_eq(pcall(refcnt, was_a), legacy)

step "broken by hand, such a cycle dies of its counts, and runs its finalizers, everywhere"
if legacy then
  was_a.partner = nil
  expect_eq(log, {})                    -- gc.garbage still holds both
  gc.garbage:clear()
end
expect_eq(#log, 2)
expect_dead(was_a)
expect_dead(was_b)
