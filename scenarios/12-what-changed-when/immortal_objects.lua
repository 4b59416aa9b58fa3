-- From 3.12 on some objects have no real count any more: they are immortal.
scenario "objects that nobody counts"

-- None is referred to all the time; each of these references was a write to the same
-- eight bytes.  An immortal object's count is one huge number that is left alone.
local immortal = heap.profile.immortal_refcount ~= 0

local function rise(x)                  -- by how much ten references raise the count
  subject = x                           -- a name, so that it outlives the list
  local before = refcnt(x)
  ten = list { x, x, x, x, x, x, x, x, x, x }
  local after = refcnt(x)
  del "ten"
  expect_eq(refcnt(x), before)
  return after - before
end

step "None, True, False: counted up to 3.11, immortal later"
for _, x in ipairs { None, True, False } do
  expect_eq(rise(x), immortal and 0 or 10)
end

step "so are pooled ints, the empty string and tuple, and single characters"
for _, x in ipairs { int(7), str(""), tuple {}, str("A") } do
  expect_eq(rise(x), immortal and 0 or 10)
end

step "what a program makes is counted in every release"
for _, x in ipairs { int(100000), float(1.5), str("wu peiqi!"), list {}, tuple { 1 } } do
  expect_eq(rise(x), 10)
end

step "an immortal object has no end; a counted one ends with its last reference"
v = float(1.5)
local was_v = v
del "v"
expect_dead(was_v)
local none = None
expect_alive(none)
