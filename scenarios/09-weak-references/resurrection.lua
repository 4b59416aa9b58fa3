-- A finalizer can store the dying object somewhere: it lives on, and will not be
-- finalized again.
scenario "resurrection"

-- (2.7 clears weak references before it finalizes, and finalizes at each death.)
local legacy = heap.profile.finalizers == "legacy"
local finalized = 0
local Phoenix = class("Phoenix", {
  __del__ = function(self)
    finalized = finalized + 1
    saved = self                        -- a new reference, to an object without any
  end,
})

step "the last name goes, the finalizer gives it another"
bird = Phoenix { feathers = list { 1, 2, 3 } }
w = weakref.ref(bird)
local was_bird = bird
local address = id(bird)
del "bird"
expect_eq(finalized, 1)
expect_alive(was_bird)
expect_same(saved, was_bird)

step "it is the same object as before, with all that it had"
expect_eq(id(saved), address)
expect_refcnt(saved, 1)
expect_eq(repr(saved.feathers), "[1, 2, 3]")
expect_same(w(), legacy and None or saved)      -- death was called off before this was cleared

step "the second time nobody asks it: once in a life"
del "saved"
expect_eq(finalized, legacy and 2 or 1)
expect_eq(pcall(refcnt, was_bird), legacy)
expect_eq(is(w(), None), true)
