-- The collector subtracts internal references from copies of the counts, for all
-- containers at once.  The counts themselves never move until garbage is cleared.
scenario "not \"both counts minus one\""

-- Tutorials say: to check a cycle the collector takes one off both counts, and what
-- falls to 0 is garbage.  If that were so, somebody who looks in the middle of a
-- collection would see counts of 0.  The callback of a weak reference can look: it runs
-- after the garbage has been found, and before anything of it has been cleared.
local seen
local Node = class "Node"

step "two nodes that hold each other, and a list that is held by a name"
left = Node {}
right = Node { partner = left }
left.partner = right
survivor = list {}
alias = survivor
local was_left, was_right = left, right
watch = weakref.ref(left, function() seen = { refcnt(was_left), refcnt(was_right) } end)
del("left", "right")

step "the garbage's counts in the middle of the collection are the real ones: 1, not 0"
expect(gc.collect() >= 2)
expect_eq(seen, { 1, 1 })

step "a survivor's count is untouched as well"
local during
left = Node {}
left.me = left
watch = weakref.ref(left, function() during = refcnt(survivor) end)
del "left"
gc.collect()
expect_eq(during, 2)
expect_refcnt(survivor, 2)

-- What is subtracted is one for each reference *between the containers looked at*.
-- Where more than two objects hold each other, "minus one" is not even the number.
step "three internal references: the copy of hub's count goes from 3 to 0"
hub = list {}
for _ = 1, 3 do hub:append(list { hub }) end
local was_hub = hub
del "hub"
expect_refcnt(was_hub, 3)
expect_collect(4)
