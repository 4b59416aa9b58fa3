-- "For each object of a cycle both counts are taken down by one": no count is touched,
-- and one is not the number.
scenario "both counts minus one"

local Node = class "Node"
gc.disable()

step "left refers to right twice, right to left once; and a list, outside, to right"
left = Node {}
right = Node { back = left }
left.one, left.two = right, right
outside = list { right }
local was_left, was_right = left, right
del("left", "right")
expect_refcnt(was_left, 1)
expect_refcnt(was_right, 3)

-- What is subtracted is each reference from a container that is looked at: 2 and the
-- list's 1 from right's copy, 1 from left's.  All copies are 0 then but the list's own,
-- which a name holds; from the list right is reached, and from right left.
step "with one less for each, left would be garbage at 0: it is not"
expect_collect(0)
expect_alive(was_left)
expect_refcnt(was_left, 1)
expect_refcnt(was_right, 3)

step "in the middle of a collection that finds them their counts are what they were"
local seen
watch = weakref.ref(was_left, function() seen = { refcnt(was_left), refcnt(was_right) } end)
outside:clear()
expect(gc.collect() >= 2)
expect_eq(seen, { 1, 2 })

step "they fall when the garbage is taken apart, each reference as it is released"
expect_dead(was_left)
expect_dead(was_right)
