-- Twenty free lists, it is said.  Of lengths 1 to 19, with 2000 tuples each.
scenario "which tuples are kept"

-- The array has twenty places up to 3.10, but place 0 is for the one empty tuple.
-- So a tuple of 20 is not kept; from 3.13 on it is.  (3.11 and 3.12 keep tuples of 20
-- and never use them again: see 12-what-changed-when/tuples_of_twenty.lua.)
local longest = heap.profile.tuple_free_longest_served
local limit = heap.profile.tuple_free

local function tuple_of(length)
  local items = {}
  for i = 1, length do items[i] = i end
  return tuple(items)
end

step "a tuple of every length up to the longest is kept and served again"
for length = 1, longest do
  v = tuple_of(length)
  local address = id(v)
  del "v"
  expect_eq({ heap.freelist("tuple", length) }, { 1, limit })
  v = tuple_of(length)
  expect_eq(origin(v), "free list")
  expect_eq(id(v), address)
end

step "one item more, and it is not served again"
v = tuple_of(longest + 1)
del "v"
v = tuple_of(longest + 1)
expect(origin(v) ~= "free list")

step "two items more, and it is not even kept"
v = tuple_of(longest + 2)
del "v"
expect_eq({ heap.freelist("tuple", longest + 2) }, { 0, 0 })

step "there is one empty tuple, which needs no list"
a = tuple {}
b = tuple {}
expect_same(a, b)
expect_eq(origin(a), "singleton")

step "2000 of one length are kept, the 2001st is released"
expect_eq(limit, 2000)
many = list()
gc.disable()
for i = 1, limit + 1 do many:append(tuple { i, i }) end
expect_eq(heap.freelist("tuple", 2), 0)
many:clear()
expect_eq(heap.freelist("tuple", 2), limit)
