-- The pool of small ints goes from -5 to 256, both of them in it (3.15: to 1024).
scenario "the edges of the pool"

-- Read in tutorials: "[-5, 257]", "-5 <= value < 257", "-5 to 256".  The last two
-- mean the same and are right; the first is one too many.
local least, greatest = heap.profile.small_int_least, heap.profile.small_int_greatest

step "every int from -5 to 256 is always the same object"
expect_eq(least, -5)
for n = least, greatest do
  a = int(n)
  b = int(n)
  expect_same(a, b)
  expect_eq(origin(a), "small-int pool")
end

step "256 is in it"
expect_same(int(256), int(256))
expect_same(int(greatest), int(greatest))

step "257 is not (3.15: 1025): two objects of equal value"
a = int(greatest + 1)
b = int(greatest + 1)
expect_distinct(a, b)
expect_eq(a, b)
expect_eq(origin(a) == "small-int pool", false)

step "at the other end: -5 is in it, -6 is not"
expect_same(int(-5), int(-5))
a = int(-6)
b = int(-6)
expect_distinct(a, b)
expect_eq(a, b)
