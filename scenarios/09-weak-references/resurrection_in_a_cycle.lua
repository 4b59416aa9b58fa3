-- Up to 3.8 one resurrection saves all garbage of that collection, until the next.
scenario "one is saved, and who else?"

local Phoenix = class("Phoenix", { __del__ = function(self) saved = self end })
gc.disable()

step "in one collection: a cycle that will be resurrected, and two lists of no concern"
bird = Phoenix {}
bird.me = bird
w = weakref.ref(bird)
left = list {}
right = list { left }
left:append(right)
local was_left, was_bird = left, bird
del("bird", "left", "right")

if heap.profile.finalizers == "legacy" then
  step "2.7 does not finalize the bird at all: it is put aside, and the lists are freed"
  gc.collect()
  expect_alive(was_bird)
  expect_dead(was_left)
  return
end

local whole_batch = heap.profile.resurrection == "whole batch"
step "up to 3.8 nothing is freed, later only what the resurrected object reaches is kept"
gc.collect()
expect_alive(was_bird)
expect_same(saved, was_bird)
expect_eq(pcall(refcnt, was_left), whole_batch)

step "the weak reference was cleared before the finalizer ran (3.15: not any more)"
expect_eq(is(w(), None), not heap.profile.plain_weakrefs_wait)

step "spared is not saved: the next collection frees the two lists"
expect_collect(whole_batch and 2 or 0)
expect_dead(was_left)

step "the resurrected object lives as long as its new name, and is not finalized again"
del "saved"
expect(gc.collect() > 0)
expect_dead(was_bird)
