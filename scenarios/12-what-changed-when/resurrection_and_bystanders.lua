-- Up to 3.8 one resurrected object spares all garbage of its collection; from 3.9 on
-- it saves only what it reaches.
scenario "who else is spared"

local finalizers_run = heap.profile.finalizers ~= "legacy"
local whole_batch = heap.profile.resurrection == "whole batch"
local Phoenix = class("Phoenix", { __del__ = function(self) saved = self end })
gc.disable()
gc.collect()

step "a bird in a cycle with an egg in its nest; and three pairs of lists, strangers to it"
bird = Phoenix { nest = list { "egg" } }
bird.me = bird
for _ = 1, 3 do
  frame(function()
    left = list {}
    right = list { left }
    left:append(right)
  end)
end
local was_bird, nest = bird, bird.nest
del "bird"
expect_live("list", 7)

-- The finalizer gives the bird a name.  To know who is still garbage, the collector
-- has to look again.  Up to 3.8 it asked only whether *anything* was referred to from
-- outside now, and if so let everything live.  Since then it finds out once more what
-- can be reached.
step "the bird and its nest live on; the six strangers only where all are spared"
gc.collect()
expect_alive(was_bird)
expect_alive(nest)
expect_live("list", whole_batch and 7 or 1)

step "spared is not saved: the next collection finds the strangers, now without the bird"
gc.collect()
expect_live("list", 1)

-- 2.7 has no such question: it neither runs finalizers in a cycle nor frees what has one.
step "the bird itself has a name, where its finalizer was called at all"
expect_eq(pcall(function() return value(saved.nest[0]) end), finalizers_run)
