-- gc.collect(n) collects generation n and all younger ones, and says how many it found.
scenario "gc.collect()"

gc.disable()
local function leave_cycle()
  frame(function()
    v = list {}
    v:append(v)
  end)
end

step "without an argument: everything"
leave_cycle()
leave_cycle()
expect_eq(gc.collect(), 2)
expect_eq(gc.collect(), 0)

step "a young cycle is found by any of the three"
for generation = 0, 2 do
  leave_cycle()
  expect_eq(gc.collect(generation), 1)
end

step "there is no generation 3, and no -1"
expect_error("ValueError: invalid generation", function() gc.collect(3) end)
expect_error("ValueError: invalid generation", function() gc.collect(-1) end)
expect_error("TypeError", function() gc.collect("all") end)

step "a collection that is running is not started again: 0, whatever there is to find"
leave_cycle()
local inner
node = class "Node" {}
node.itself = node
watcher = weakref.ref(node, function() inner = gc.collect() end)
del "node"
expect(gc.collect() > 1)
expect_eq(inner, 0)
