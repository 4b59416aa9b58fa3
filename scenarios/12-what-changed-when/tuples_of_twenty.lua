-- Tuples of 20: released up to 3.10; kept and forgotten in 3.11 and 3.12; kept and used
-- again from 3.13 on.
scenario "three ways to treat a tuple of twenty"

local longest, served = heap.profile.tuple_free_longest, heap.profile.tuple_free_longest_served

local function tuple_of(length)
  local items = {}
  for i = 1, length do items[i] = i end
  return tuple(items)
end

gc.disable()
gc.collect()

step "length 19 is the same everywhere: kept when dead, and the next one is made of it"
v = tuple_of(19)
del "v"
expect_eq((heap.freelist("tuple", 19)), 1)
v = tuple_of(19)
expect_eq(origin(v), "free list")

step "length 20, dead: kept from 3.11 on"
v = None
gc.collect()
v = tuple_of(20)
del "v"
expect_eq((heap.freelist("tuple", 20)), longest >= 20 and 1 or 0)

-- In 3.11 and 3.12 one test says "shorter than 21" and the other "shorter than 20": what
-- is put on that list is never asked for.  (Later 3.12s have it mended.)
step "and the next of 20: made of it from 3.13 on only"
v = tuple_of(20)
expect_eq(origin(v) == "free list", served >= 20)

step "so a hundred of them, one at a time, pile up in 3.11 and 3.12"
v = None
gc.collect()
for _ = 1, 100 do
  v = tuple_of(20)
  del "v"
end
local piled_up = longest >= 20 and (served >= 20 and 1 or 100) or 0
expect_eq((heap.freelist("tuple", 20)), piled_up)

step "until a full collection throws them away"
gc.collect()
expect_eq((heap.freelist("tuple", 20)), 0)
