-- "Strings of letters, digits and _ are interned": those in the source text are.
scenario "a string that looks like a name"

-- (The profile `textbook` believes the sentence, and interns them all.)
local all = heap.profile.made_interned

step "as a constant it is interned when the source is compiled: two are one"
expect_same(constant("wupeiqi"), constant("wupeiqi"))

step "put together by the program, it is a string like any other: two are two"
a = str("wupei") .. "qi"
b = str("wupei") .. "qi"
expect_eq(a, b)
expect_eq(is(a, b), all)

step "nor is it the constant, though equal to it"
v = constant("wupeiqi")
expect_eq(is(a, v), all)

step "unless the program asks for it"
expect_same(sys.intern(a), v)

step "what has a blank in it is not interned either way"
expect_distinct(constant("wu peiqi!"), constant("wu peiqi!"))
expect_distinct(str("wu peiqi!"), str("wu peiqi!"))
