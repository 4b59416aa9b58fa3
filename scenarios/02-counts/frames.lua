-- A running function's local names are references as well, until it returns.
scenario "counts in a frame"

step "a name inside a call holds its object for as long as the call runs"
v = list {}
frame(function()
  inside = v                            -- as a parameter would
  expect_refcnt(v, 2)
  frame(function()
    deeper = v
    expect_refcnt(v, 3)
  end)
  expect_refcnt(v, 2)
end)
expect_refcnt(v, 1)

step "what only the call named is gone when it returns"
local was_inside
frame(function()
  temporary_result = list { v }
  was_inside = temporary_result
  expect_refcnt(v, 2)
end)
expect_dead(was_inside)
expect_refcnt(v, 1)

step "also when it is left by an error"
expect_error("went wrong", function()
  frame(function()
    inside = v
    expect_refcnt(v, 2)
    error("went wrong")
  end)
end)
expect_refcnt(v, 1)

step "a name inside hides an outer one of that name, and leaves it alone"
w = list { 1 }
frame(function()
  w = list { 2 }
  expect_eq(w[0], 2)
end)
expect_eq(w[0], 1)

step "outer() is Python's `global`: the name outlives the call"
frame(function() outer("kept", v) end)
expect_refcnt(v, 2)
expect_same(kept, v)
