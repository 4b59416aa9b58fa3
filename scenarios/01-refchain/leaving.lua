-- A dying object leaves the refchain, even when its memory is kept for the next one.
scenario "leaving the refchain, and joining it again"

local function newest()
  return sys.getobjects(1)[1]
end

step "a new float is at the start of the ring"
v1 = float(3.14)
expect_same(newest(), v1)
expect_live("float", 1)
local address = id(v1)

step "its last reference goes: it leaves the ring, its memory goes on a free list"
marker = list {}
local was_v1 = v1
del "v1"
expect_dead(was_v1)
expect_live("float", 0)
for x in heap.refchain() do
  expect(id(x) ~= address, "nothing on a free list is on the refchain")
end
expect_eq(heap.freelist("float"), 1)

-- The memory is the old float's, the object is new: it has the next birth number
-- and stands at the start, in front of everything made meanwhile.
step "a float made of that memory joins the ring as a new object"
v2 = float(9.999)
expect_eq(id(v2), address)
expect_eq(origin(v2), "free list")
expect_same(newest(), v2)
expect(birth(v2) > birth(marker))
expect_eq(heap.freelist("float"), 0)
