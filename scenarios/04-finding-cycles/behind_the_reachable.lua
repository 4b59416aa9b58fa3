-- A cycle that something reachable refers to is no garbage, however far behind.
scenario "a cycle behind reachable objects"

local function cycle()
  local one, two = list {}, list {}
  one:append(two)
  two:append(one)                       -- both are stored now: no temporaries any more
  return one
end

step "a name, a dict, a tuple, and behind them a cycle"
root = dict { inside = tuple { cycle() } }
local was_one = root:get("inside")[0]
local was_two = was_one[0]
expect_refcnt(was_one, 2)               -- the tuple and the other list
expect_refcnt(was_two, 1)
expect_collect(0)

step "the reference in the middle goes: now the cycle is alone"
root:delitem("inside")
expect_alive(was_one)
expect_refcnt(was_one, 1)
expect_collect(2)
expect_dead(was_one)
expect_dead(was_two)

step "the other way round, what a cycle refers to is not kept once the cycle is garbage"
loop = list {}
loop:append(loop)
loop:append(dict { far = list {} })
local was_far = loop[1]:get("far")
del "loop"
expect_collect(3)                       -- the loop, the dict, the list: all unreachable
expect_dead(was_far)
