-- The cache is an array of 256: all of Latin-1, not only ASCII.
scenario "which characters are cached"

local size = heap.profile.characters
expect_eq(size, 256)

step "every one of the 256 is the same object each time"
for code = 0, size - 1 do
  a = str(utf8.char(code))
  b = str(utf8.char(code))
  expect_same(a, b)
  expect_eq(origin(a), "character cache")
end

step "é is number 233: no ASCII, and cached"
expect_same(str("é"), str("é"))

step "character 256 is not, nor is any after it"
a = str(utf8.char(256))
b = str(utf8.char(256))
expect_distinct(a, b)
expect_eq(a, b)
expect_distinct(str("武"), str("武"))

step "two characters are not one"
a = str("A!")
b = str("A!")
expect_distinct(a, b)
expect_eq(a, b)

step "the cached ones never die"
gc.collect()
local was_a = str("A")
gc.collect()
expect_alive(was_a)
expect_refcnt(was_a, refcnt(str("B")))  -- the cache's reference, and no other
