-- The free list of lists holds 80.
scenario "eighty lists are kept"

local limit = heap.profile.list_free
expect_eq(limit, 80)
local counts_allocations = heap.profile.counter == "allocations"
gc.disable()
many = list {}
gc.collect()

step "81 lists die: 80 are kept, the last is really released"
for _ = 1, limit + 1 do many:append(list {}) end
expect_count(limit + 1, 0, 0)
many:clear()
expect_eq({ heap.freelist("list") }, { limit, limit })

step "the collector's counter tells: only a real release is taken off"
if counts_allocations then expect_count(limit, 0, 0) end

step "the next 80 lists cost it nothing, the 81st does"
for _ = 1, limit do many:append(list {}) end
expect_count(limit, 0, 0)
expect_eq(heap.freelist("list"), 0)
many:append(list {})
expect_count(limit + 1, 0, 0)
