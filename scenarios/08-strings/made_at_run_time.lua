-- A string that the program puts together is not interned, unless it asks for it.
scenario "strings made at run time, and sys.intern"

-- (Tutorials have it otherwise; believed at their word, all identifiers are interned.)
if heap.profile.made_interned then
  expect_same(str("wupei") .. "qi", constant("wupeiqi"))
  return
end

step "equal to an interned one, and yet another object"
v1 = constant("wupeiqi")
v2 = str("wupei") .. "qi"
expect_eq(v1, v2)
expect_distinct(v1, v2)
expect_eq(origin(v1), "interned")
expect(origin(v2) ~= "interned")

step "made the same way twice, it is two objects"
v3 = str("wupei") .. "qi"
expect_distinct(v2, v3)

step "sys.intern gives the one that was there first"
expect_same(sys.intern(v2), v1)
expect_same(sys.intern(v3), v1)
expect_distinct(v2, v1)                 -- v2 itself is what it was

step "anything may be interned by hand, blanks and all"
a = sys.intern("wu peiqi!")
b = sys.intern(str("wu peiqi!"))
expect_same(a, b)

step "the first to come is the one that is given"
c = str("a-b")
expect_same(sys.intern(c), c)
expect_same(sys.intern("a-b"), c)
expect_eq(origin(c), "interned")

step "a dict does not intern its keys"
d = dict { wupeiqi = 1 }
for key in keys(d) do
  expect_eq(key, v1)
  expect_distinct(key, v1)
end

step "only strings can be interned"
expect_error("TypeError", function() sys.intern(int(1000)) end)
