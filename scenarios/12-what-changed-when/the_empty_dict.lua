-- An empty dict takes 280, 248 or 64 bytes: with a table for its first items, or without.
scenario "{} before and after its first item"

local profile = heap.profile
local table_at_once = profile.dict_display_table or profile.dict_table_head_size == 0
d = dict {}
local empty = sys.getsizeof(d)
d:set(1, 1)
local one = sys.getsizeof(d)

-- 2.7 has eight slots in the head of every dict.  3.6 and 3.7 make the same eight in a
-- block of their own.  From 3.8 on all empty dicts share one table, that is never
-- written to; the first item brings a table of one's own.
step "the first item makes it larger from 3.8 on, when {} came without a table"
expect_eq(one > empty, not table_at_once)

step "then it is large enough for five"
for n = 2, 5 do d:set(n, n) end
expect_eq(sys.getsizeof(d), one)
d:set(6, 6)
expect(sys.getsizeof(d) > one)

step "deleting gives no room back"
local six = sys.getsizeof(d)
for n = 1, 6 do d:delitem(n) end
expect_eq(#d, 0)
expect_eq(sys.getsizeof(d), six)
