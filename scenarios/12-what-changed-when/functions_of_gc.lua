-- freeze came with 3.7, get_objects(generation) with 3.8, is_finalized with 3.9.
scenario "what the gc module can do"

local profile = heap.profile
gc.disable()
gc.collect()

local function exists(name)
  local there, f = pcall(function() return gc[name] end)
  return there and f ~= nil and (pcall(f, list {}) or pcall(f))
end

step "in every release: collect, get_count, get_objects, is_tracked"
for _, name in ipairs { "collect", "get_count", "get_objects", "is_tracked" } do
  expect(exists(name), name)
end

step "freeze, unfreeze and get_freeze_count: since 3.7"
expect_eq(exists("get_freeze_count"), profile.has_freeze)

step "is_finalized: since 3.9"
expect_eq(exists("is_finalized"), profile.has_is_finalized)

step "get_objects of one generation: since 3.8; before, it takes no argument"
young = list {}
expect_eq(pcall(gc.get_objects, 0), profile.has_generation_objects)
local found = false
for _, x in ipairs(gc.get_objects()) do found = found or is(x, young) end
expect(found)
