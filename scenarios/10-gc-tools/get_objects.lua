-- gc.get_objects() lists what the collector knows: all tracked containers.
scenario "gc.get_objects"

gc.disable()
gc.collect()
local before = #gc.get_objects()

step "containers appear in it, the youngest generation first, each from its oldest object"
a = list {}
b = set { 1 }
local objects = gc.get_objects()
expect_eq(#objects, before + 2)
expect_same(objects[1], a)
expect_same(objects[2], b)

step "numbers and strings do not; a dict of them does from 3.14 on"
c = float(3.14)
expect_eq(#gc.get_objects(), before + 2)
d = dict { k = 1 }
local containers = heap.profile.dict_untracking and 2 or 3
expect_eq(#gc.get_objects(), before + containers)

step "the lab gives a Lua sequence: asking makes no list that would be in it next time"
expect_eq(#gc.get_objects(), before + containers)

step "one generation alone can be asked for (from 3.8 on)"
if heap.profile.has_generation_objects then
  gc.collect(0)
  e = list {}
  expect_eq(#gc.get_objects(0), 1)
  expect_same(gc.get_objects(0)[1], e)
  expect_eq(#gc.get_objects(1), containers)
  expect_eq(#gc.get_objects(2), before)
  expect_error("ValueError", function() gc.get_objects(3) end)
end

step "garbage that has not been found yet is in it: it can be looked at"
loop = list {}
loop:append(loop)
local was_loop = loop
del "loop"
local found = false
for _, x in ipairs(gc.get_objects()) do found = found or is(x, was_loop) end
expect(found)
