-- Up to 3.9 there is one empty frozenset; from 3.10 on each is an object of its own.
scenario "frozenset() is frozenset()"

local one = heap.profile.empty_frozenset_shared

step "the empty tuple and the empty string are one object each, in every release"
expect_same(tuple {}, tuple {})
expect_same(str(""), str(""))

step "the empty frozenset was a third of that kind, up to 3.9"
a = frozenset()
b = frozenset()
expect_eq(is(a, b), one)
expect_eq(a, b)

step "with something in it each is its own, in every release"
expect_distinct(frozenset { 1 }, frozenset { 1 })

step "a shared one does not die with its names"
local was_a = a
del("a", "b")
expect_eq(pcall(refcnt, was_a), one)
