-- Typed into a file, the usual examples show no free list at all: their values are
-- constants, and the compiled code holds them.
scenario "why 3.14 and 9.999 have different ids in a file"

step "compiled code has a tuple of its constants; running it only names them"
code = tuple { constant(3.14), constant(9.999) }
v1 = code[0]
local first = id(v1)
expect_refcnt(v1, 2)                    -- the name, and the code

step "del takes the name: the constant does not die"
local was_v1 = v1
del "v1"
expect_alive(was_v1)
expect_eq(heap.freelist("float"), 0)

step "so the second is another object, at another address"
v2 = code[1]
expect(id(v2) ~= first)

step "a tuple of constants, such as (1, 2), is a constant itself: the same again"
code = tuple { tuple { 1, 2 }, tuple { "武沛齐", "Alex" } }
v1 = code[0]
expect_eq(v1, tuple { 1, 2 })
first, was_v1 = id(v1), v1
del "v1"
expect_alive(was_v1)
v2 = code[1]
expect_eq(v2[1], "Alex")
expect(id(v2) ~= first)

step "values that the program makes, like float(\"3.14\"), are its own: these die"
v1 = float(3.14)
first = id(v1)
del "v1"
v2 = float(9.999)
expect_eq(id(v2), first)
expect_eq(origin(v2), "free list")
