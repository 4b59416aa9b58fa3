-- "An array of twenty free lists for tuples of length 0 to 19" or "up to 20": nineteen.
scenario "the length of a tuple that is kept"

local longest = heap.profile.tuple_free_longest_served

local function used_again(length)
  local items = {}
  for i = 1, length do items[i] = i end
  v = tuple(items)
  del "v"
  v = tuple(items)
  return origin(v) == "free list"
end

step "place 0 is for the empty tuple: there is only one, and it never dies"
expect_same(tuple {}, tuple {})
expect_eq(origin(tuple {}), "singleton")

step "lengths 1 to 19 have a free list in every release"
for length = 1, 19 do expect(used_again(length), "length " .. length) end

step "20 has one from 3.13 on, and 21 none"
expect_eq(used_again(20), longest >= 20)
expect_eq(used_again(21), false)

step "each is for its own length: a tuple of three is not made of one of two"
v = tuple { 1, 2 }
del "v"
gc.collect(0)
local two = heap.freelist("tuple", 2)
v = tuple { 1, 2, 3 }
expect_eq((heap.freelist("tuple", 2)), two)
