-- The pool of small ints ends at 256; 3.15 makes it four times as large.
scenario "256 or 1024"

local least, greatest = heap.profile.small_int_least, heap.profile.small_int_greatest

step "it begins with -5 in every release, and ends with 256 or 1024"
expect_eq(least, -5)
expect(greatest == 256 or greatest == 1024)

step "up to the end, both included, equal ints are one object"
expect_same(int(greatest), int(greatest))
expect_same(int(least), int(least))

step "beyond either end they are not"
expect_distinct(int(greatest + 1), int(greatest + 1))
expect_distinct(int(least - 1), int(least - 1))

step "257 and 1000 are pooled where the pool goes that far"
for _, n in ipairs { 257, 1000 } do
  a = int(n)
  b = int(n)
  expect_eq(is(a, b), n <= greatest)
end

-- Where they are, a program that says `a is b` for numbers seems right more often.  It
-- is as wrong as before.
step "equality is what was meant, and does not depend on a pool"
expect_eq(int(100000), int(100000))
expect_distinct(int(100000), int(100000))
