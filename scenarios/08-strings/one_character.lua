-- A string of one character is made once; whoever wants it later gets the same.
scenario "\"A\", and \"A\" again"

step "two names for the one \"A\""
v1 = str("A")
v2 = str("A")
expect_same(v1, v2)
expect_eq(origin(v1), "character cache")

step "deleted and made again, it has the same id: it never died"
local first, was_v1 = id(v1), v1
del("v1", "v2")
expect_alive(was_v1)
v3 = str("A")
expect_eq(id(v3), first)
expect_same(v3, was_v1)

step "other strings do die, and are new objects when they come back"
v1 = str("AB")
local was = v1
del "v1"
expect_dead(was)

step "whatever yields one character yields that one"
expect_same(str("") .. "A", v3)
letters = list { "A", "B", "A" }
expect_same(letters[0], letters[2])
expect_same(letters[0], v3)

-- Up to 3.10 the cache is filled on first use: a program that never says "Z" has no
-- "Z".  Later the 256 are there from the start.
step "each is made when it is first asked for"
local eager = heap.profile.characters_eager
expect_eq(birth(str("Z")) > 0, not eager)
