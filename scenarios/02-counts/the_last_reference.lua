-- An object whose count falls to 0 is destroyed at once, and takes along what only
-- it held.
scenario "the last reference"

step "destroyed when the last reference goes, not some time later"
v = list {}
w = v
local was_v = v
del "v"
expect_alive(was_v)
del "w"
expect_dead(was_v)

step "a chain goes all at once: each release can be another's last"
chain = list {}
local innermost = chain
for _ = 1, 1000 do chain = list { chain } end
expect_live("list", 1001)
del "chain"
expect_live("list", 0)
expect_dead(innermost)

step "what something else holds as well stays"
shared = list {}
holder = dict { mine = list {}, ours = shared }
expect_live("list", 2)
del "holder"
expect_live("list", 1)
expect_refcnt(shared, 1)

step "a list lets go of its items from the last to the first"
local order = {}
local Item = class("Item", {
  __del__ = function(self) order[#order + 1] = value(self.number) end,
})
items = list { Item { number = 1 }, Item { number = 2 }, Item { number = 3 } }
del "items"
expect_eq(order, { 3, 2, 1 })

step "a dict from its first key to its last"
order = {}
items = dict { { 1, Item { number = 1 } }, { 2, Item { number = 2 } }, { 3, Item { number = 3 } } }
del "items"
expect_eq(order, { 1, 2, 3 })

step "no collector was needed for any of this"
gc.disable()
v = list { list {}, list {} }
del "v"
expect_live("list", 1)                  -- shared
expect_collect(0)
