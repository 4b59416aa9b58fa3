-- A set grows when it is three fifths full, up to 3.6 when it is two thirds full.
scenario "the set's load factor"

step "the lengths at which a set of 1 to 100 ints gets a larger table"
v = set()
local at, size = {}, sys.getsizeof(v)
for n = 1, 100 do
  v:add(n)
  if sys.getsizeof(v) ~= size then
    size = sys.getsizeof(v)
    at[#at + 1] = n
  end
end

-- The tables are of 8, 32, 128 and 512 slots in every release.  3.7 leaves a
-- little more of them free.
step "5, 19, 77 since 3.7; 5, 21, 85 in 3.6; 6, 22, 86 in 2.7"
local expected = {
  two_thirds_of_all = { 6, 22, 86 }, two_thirds = { 5, 21, 85 },
  three_fifths = { 5, 19, 77 }, three_fifths_fresh = { 5, 19, 77 },
}
expect_eq(at, expected[heap.profile.set_growth])

step "the first eight slots are in the set itself: an empty one is not small"
expect_eq(sys.getsizeof(set()), heap.profile.gc_head_size + heap.profile.set_head_size)
