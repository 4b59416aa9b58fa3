-- Up to 3.12 a release that is 50 levels deep is put aside and goes on later; 3.13 goes
-- all the way down.
scenario "a nest of sixty lists dies"

local put_aside = heap.profile.trashcan ~= "none"
local log = {}
local Leaf = class("Leaf", {
  __del__ = function(self) log[#log + 1] = value(self.level) end,
})

step "sixty lists: in each a leaf, and the next list behind it"
nest = list {}
for level = 60, 1, -1 do
  nest = list { Leaf { level = level }, nest }
end

-- A list lets go of its last item first: of the next list, and that of the next after
-- it.  Each level takes a piece of the C stack, which could run out.  So up to 3.12 the
-- container at level 50 is put aside, and its turn comes when the outer ones are done.
-- 3.13 puts nothing aside before some ten thousand levels, 3.14 before the stack is short.
step "straight down, the innermost leaf falls first; with a stop at 50 an outer one"
del "nest"
expect_eq(#log, 60)
expect_eq(log[1] == 60, not put_aside)

step "with the stop all outer leaves are gone before the innermost; without, it is reversed"
local turn = {}
for n, level in ipairs(log) do turn[level] = n end
expect_eq(turn[1] < turn[60], put_aside)

step "nobody is lost either way"
for level = 1, 60 do expect(turn[level]) end
expect_live("list", 0)
