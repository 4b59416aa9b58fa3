-- A collection leaves its survivors in another order: what had to be rescued comes last.
scenario "survivors change places"

-- gc.get_objects() lists the generations from their heads.
local function order()
  local names = {}
  for i, object in ipairs(gc.get_objects()) do names[i] = value(object[0]) end
  return names
end

step "three inner lists are made, then the outer one that holds them"
outer_list = list { "outer", list { "inner 1" }, list { "inner 2" }, list { "inner 3" } }
expect_eq(order(), { "inner 1", "inner 2", "inner 3", "outer" })

-- Only outer has a reference from outside.  The walk meets the inner lists first:
-- their copies are 0, they are put aside as suspects.  Then comes outer, and
-- rescues what it holds, last item first: back they come, at the end of the line.
step "outer stays where it was in the line, the rescued ones queue up behind it"
expect_collect(0, 0)
expect_eq(order(), { "outer", "inner 3", "inner 2", "inner 1" })

step "now the holder is met before what it holds: nothing is suspected, nothing moves"
expect_collect(0, 1)
expect_eq(order(), { "outer", "inner 3", "inner 2", "inner 1" })
