-- What the collector keeps in front of each container: 32 bytes up to 3.7, 16 since.
scenario "the collector's own part of a container"

-- Three words: the neighbours in its generation and the copy of the count, filled up to
-- 32 bytes.  3.8 keeps the copy in one of the two links for as long as it needs it, and
-- saves half.
local head = heap.profile.gc_head_size

step "getsizeof counts it: an empty list is 72 bytes, or 56"
expect_eq(sys.getsizeof(list {}), head + 40)

step "so it does for all types that the collector knows, tracked or not"
expect_eq(sys.getsizeof(tuple {}), head + heap.profile.tuple_head_size)
expect_eq(gc.is_tracked(tuple {}) and heap.profile.tuple_untracking ~= "never", false)
expect_eq(sys.getsizeof(set()), head + heap.profile.set_head_size)

step "numbers and strings have no such head: a float is 24 bytes in every release"
expect_eq(sys.getsizeof(float(3.14)), 24)
expect_eq(sys.getsizeof(None), 16)
