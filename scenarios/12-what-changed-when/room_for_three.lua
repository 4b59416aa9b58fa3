-- How much room a list of three items has depends on how it was made, and in which
-- release.
scenario "three items, and room for 3, 4, 6 or 8"

local profile = heap.profile
local empty = sys.getsizeof(list {})
local function room(x) return (sys.getsizeof(x) - empty) // 8 end

local exact = (3 + profile.list_exact_rounding - 1)
  // profile.list_exact_rounding * profile.list_exact_rounding
local grown = profile.list_growth == "eighth_of_four" and 8 or 6

-- [a, b, c], that is.  Of three constants, [1, 2, 3], Python's compiler has made an empty list
-- and its extension since 3.9: room for 8 there, for 4 from 3.10 on, as two steps below.
step "a display of values knows how many they are: exactly three"
expect_eq(room(list { 1, 2, 3 }), 3)

step "list((1, 2, 3)): as if appended (6) up to 3.7, exact (3) since, even (4) from 3.10 on"
expect_eq(room(list(tuple { 1, 2, 3 })), profile.list_from_tuple_exact and exact or grown)

step "an empty list extended by three: 6, in 3.9 8, from 3.10 on 4"
v = list {}
v:extend(tuple { 1, 2, 3 })
expect_eq(room(v), profile.list_extend_exact and exact or grown)

step "the only item popped: from 3.12 on the room goes with it"
v = list { 1 }
v:pop()
expect_eq(room(v), profile.list_pop_clears and 0 or 1)
