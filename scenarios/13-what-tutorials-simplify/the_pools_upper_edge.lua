-- "[-5, 257]", "-5 <= value < 257", "-5 to 256": one of these is wrong.
scenario "is 257 pooled?"

local greatest = heap.profile.small_int_greatest

local function pooled(n)
  a = int(n)
  b = int(n)
  return is(a, b)
end

step "256 is, -5 is, and -6 is not"
expect_eq({ pooled(256), pooled(-5), pooled(-6) }, { true, true, false })

-- 257 is how many there are from 0 to 256: CPython's source counts them, and a tutorial
-- took the number for the last of them.  (3.15 does pool it, and goes to 1024.)
step "257 is the first that is not"
expect_eq(pooled(257), greatest >= 257)
expect_eq(pooled(greatest), true)
expect_eq(pooled(greatest + 1), false)

-- Try it in a file, and 257 seems to be pooled: `a = 257; b = 257; a is b` is True.
step "in a file both are the same constant, which is another matter"
local literal = constant(greatest + 1)
a = literal
b = literal
expect_same(a, b)
expect_distinct(a, int(greatest + 1))
