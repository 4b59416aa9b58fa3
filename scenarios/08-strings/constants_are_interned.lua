-- The compiler interns what looks like an identifier: equal constants, one object.
scenario "\"wupeiqi\", and \"wupeiqi\" again"

step "a constant of letters, digits and _ is the same object wherever it is written"
v1 = constant("wupeiqi")
v2 = constant("wupeiqi")
expect_same(v1, v2)
expect_eq(origin(v1), "interned")

step "with a blank and an exclamation mark it is not"
v3 = constant("wu peiqi!")
v4 = constant("wu peiqi!")
expect_distinct(v3, v4)
expect_eq(v3, v4)

-- In a file it may seem otherwise: one piece of compiled code keeps one object for
-- equal constants, whatever they look like.  Line by line they are two.
step "written twice in one file it is one constant, and one object with two names"
local in_the_file = constant("wu peiqi!")
v3 = in_the_file
v4 = in_the_file
expect_same(v3, v4)

step "which look like identifiers: a digit in front does not matter"
for _, text in ipairs { "abc", "a_1", "1abc", "_", ("a"):rep(4096) } do
  expect_same(constant(text), constant(text))
end

step "and which do not"
for _, text in ipairs { "a b", "a-b", "a.b", "wu peiqi!", "武沛齐" } do
  expect_distinct(constant(text), constant(text))
end

step "one character is one object anyway: that is the other cache"
expect_same(constant("!"), constant("!"))

step "numbers are not interned"
expect_distinct(constant(100000), constant(100000))
expect_distinct(constant(3.14), constant(3.14))
