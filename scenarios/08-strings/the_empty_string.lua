-- There is one empty string, as there is one empty tuple.
scenario "the empty string"

step "however it comes about, it is the same"
a = str("")
b = constant("")
expect_same(a, b)
expect_same(a .. b, a)
expect_eq(origin(a), "singleton")

step "without a name it is still there"
local was_a = a
local address = id(a)
del("a", "b")
gc.collect()
expect_alive(was_a)
expect_eq(id(str("")), address)

step "adding it to a string makes no new string"
v = str("wu peiqi!")
expect_same(v .. "", v)
expect_same(str("") .. v, v)
