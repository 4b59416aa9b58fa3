-- All objects are on one ring, the refchain; a new one goes in right at its start.
scenario "newest first"

-- The first `n` objects on the ring, from its start.
local function newest(n)
  local found = {}
  for x in heap.refchain() do
    found[#found + 1] = x
    if #found == n then break end
  end
  return found
end

step "a walk over the refchain meets the newest object first"
first = list {}
second = dict {}
third = float(3.14)
local met = newest(3)
expect_same(met[1], third)
expect_same(met[2], second)
expect_same(met[3], first)

step "birth numbers tell the same story: they fall as the walk goes on"
expect(birth(third) > birth(second) and birth(second) > birth(first))
expect_eq(birth(met[1]), birth(third))

step "what an object is made of is older than the object"
holder = list { 100000 }                -- first the int, then the list round it
met = newest(2)
expect_same(met[1], holder)
expect_same(met[2], holder[0])

step "another name for an object is no new object"
also_first = first
expect_refcnt(first, 2)
expect_same(newest(1)[1], holder)
