-- The free list of dicts holds 80.
scenario "eighty dicts are kept"

local limit = heap.profile.dict_free
expect_eq(limit, 80)
local counts_allocations = heap.profile.counter == "allocations"
gc.disable()
many = list {}
gc.collect()

step "81 dicts die: 80 are kept, the last is really released"
for n = 1, limit + 1 do many:append(dict { k = n }) end
expect_count(limit + 1, 0, 0)
many:clear()
expect_eq({ heap.freelist("dict") }, { limit, limit })
if counts_allocations then expect_count(limit, 0, 0) end

step "the next 80 dicts come from the list, the 81st does not"
for n = 1, limit do
  many:append(dict { k = n })
  expect_eq(origin(many[-1]), "free list")
end
many:append(dict { k = 0 })
expect(origin(many[-1]) ~= "free list")
expect_count(limit + 1, 0, 0)
