-- The 256 single characters: made when first asked for up to 3.10, there from the start
-- since.
scenario "has anybody said Z before?"

local from_the_start = heap.profile.characters_eager
local strings = heap.live("str")

step "the first Z: a new object, or one that was there before the program"
v = str("Z")
expect_eq(birth(v) <= 0, from_the_start)
expect_live("str", strings + (from_the_start and 0 or 1))

step "the second Z is the first, in every release"
w = str("Z")
expect_same(v, w)
expect_live("str", strings + (from_the_start and 0 or 1))

step "all 256 of them add up to 255 more, or none"
for code = 0, 255 do str(utf8.char(code)) end
expect_live("str", strings + (from_the_start and 0 or 256))

step "once made they stay, in every release: the cache holds them"
local was_v = v
del("v", "w")
gc.collect()
expect_alive(was_v)
