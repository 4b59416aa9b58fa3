-- The free list of floats holds 100; the 101st that dies is really released.
scenario "a hundred floats are kept"

local limit = heap.profile.float_free
if limit < 0 then
  step "2.7 keeps every dead float: they come in blocks of 41, and stay there"
  many = list {}
  for n = 1, 1000 do many:append(n + 0.5) end
  many:clear()
  expect_eq((heap.freelist("float")), 1000)
  return
end
expect_eq(limit, 100)

step "101 floats, alive: nothing to keep"
many = list {}
for n = 1, limit + 1 do many:append(n + 0.5) end
expect_eq({ heap.freelist("float") }, { 0, limit })

step "all die at once: 100 are kept"
many:clear()
expect_live("float", 0)
expect_eq({ heap.freelist("float") }, { limit, limit })

step "of 101 new floats 100 come from the list, and one does not"
local from_list = 0
for n = 1, limit + 1 do
  many:append(-n - 0.5)
  if origin(many[-1]) == "free list" then from_list = from_list + 1 end
end
expect_eq(from_list, limit)
expect_eq(heap.freelist("float"), 0)
