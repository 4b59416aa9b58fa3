-- Whatever computes a small int gives the one in the pool.
scenario "a = 10, b = 10"

step "two names, one object"
a = int(10)
b = int(10)
expect_same(a, b)
expect_eq(id(a), id(b))

step "the result of a computation is looked up in the pool as well"
expect_same(int(4) + int(6), a)
expect_same(int(2) * int(5), a)
expect_same(int(1000) - int(990), a)
expect_same(int(1000) // int(100), a)

step "so are ints that a container is made with"
numbers = list { 10, 10, 10 }
expect_same(numbers[0], a)
expect_same(numbers[2], a)

step "across the edge: 256 + 1 leaves the pool, 257 - 1 comes back into it"
local edge = heap.profile.small_int_greatest    -- 256; from 3.15 on 1024
expect_distinct(int(edge) + 1, int(edge) + 1)
expect_same(int(edge + 1) - 1, int(edge))

step "equal is not identical: 10.0 equals 10 and is no int"
expect_eq(float(10.0), a)
expect_distinct(float(10.0), a)

-- One constant in one piece of compiled code is one object, pooled or not.  This is
-- why `a = 257; b = 257; a is b` is True in a file, and False line by line.
step "the same constant, named twice"
local literal = constant(edge + 1)
a = literal
b = literal
expect_same(a, b)
expect_distinct(constant(edge + 1), a)       -- another line, another constant
