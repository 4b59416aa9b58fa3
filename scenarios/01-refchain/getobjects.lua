-- sys.getobjects(limit[, type]) reads the refchain: the newest objects first.
scenario "asking for the newest objects"

step "a limit takes as many from the start of the ring"
a = list { 1 }
b = dict { k = 1 }
c = list { 2 }
local three = sys.getobjects(3)
expect_eq(#three, 3)
expect_same(three[1], c)

step "a type leaves out all others"
local lists = sys.getobjects(0, "list")
expect_eq(#lists, 2)
expect_same(lists[1], c)
expect_same(lists[2], a)

step "limit 0 is no limit: these three, and before them what start-up made"
local all = sys.getobjects(0)
expect_same(all[1], c)
local found = 0
for _, x in ipairs(all) do
  for _, wanted in ipairs { a, b, None, True } do
    if is(x, wanted) then found = found + 1 end
  end
end
expect_eq(found, 4)

step "asking makes no object: the ring is as it was"
expect_same(sys.getobjects(1)[1], c)
expect_eq(#sys.getobjects(0), #all)
