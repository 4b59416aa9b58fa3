-- From 3.11 on a dict whose keys are all strings is smaller: it need not keep their
-- hashes.
scenario "string keys"

-- An entry is hash, key and value: 24 bytes.  But a string remembers its own hash, and
-- without it an entry is 16.
local smaller = heap.profile.dict_str_entry_size ~= 0

local words, numbers = dict {}, dict {}
step "five strings, five ints: the same size up to 3.10; from 3.11 on 40 bytes apart"
for n = 1, 5 do
  words:set("key" .. n, n)
  numbers:set(n, n)
end
expect_eq(sys.getsizeof(numbers) - sys.getsizeof(words), smaller and 5 * 8 or 0)

step "the first key of another type turns the whole table into the other kind, a larger one"
words = dict { one = 1, two = 2 }
local before = sys.getsizeof(words)
words:set(3, 3)
expect_eq(sys.getsizeof(words) > before, smaller)

step "taking it out again does not bring the small entries back"
local mixed = sys.getsizeof(words)
words:delitem(3)
expect_eq(sys.getsizeof(words), mixed)
