-- A full collection empties every free list; a younger one touches none.
scenario "what clears the free lists"

gc.disable()
local function fill()
  frame(function()
    a = float(3.14)
    b = list {}
    c = tuple { 1, 2 }
    d = dict {}
  end)
end
local function sizes()
  return {
    (heap.freelist("float")), (heap.freelist("list")), (heap.freelist("tuple", 2)),
    (heap.freelist("dict")),
  }
end

step "one of each is kept"
gc.collect()
fill()
expect_eq(sizes(), { 1, 1, 1, 1 })

step "collecting generation 0 or 1 leaves them"
gc.collect(0)
expect_eq(sizes(), { 1, 1, 1, 1 })
gc.collect(1)
expect_eq(sizes(), { 1, 1, 1, 1 })

-- 2.7 leaves those of lists and dicts; most tutorials know of no clearing at all.
local cleared = heap.profile.clears_free_lists
step "a full collection gives all of it back"
local used = heap.memory().used
gc.collect()
expect_eq(sizes(), ({
  all = { 0, 0, 0, 0 }, ["numbers and tuples"] = { 0, 1, 0, 1 }, none = { 1, 1, 1, 1 },
})[cleared])
expect_eq(heap.memory().used < used, cleared ~= "none")

step "the next ones are made of other memory, or of the same: but not off a list"
v = float(3.14)
expect_eq(origin(v) == "free list", cleared == "none")

-- The lists are emptied at the end: what the collection itself destroyed goes, too.
step "garbage lists do not stay on the free list after the collection that found them"
v = list {}
v:append(v)
del "v"
expect_collect(1)
expect_eq((heap.freelist("list")), cleared == "all" and 0 or 1)

step "found by a younger collection, they do"
v = list {}
v:append(v)
del "v"
expect_collect(1, 0)
expect_eq(heap.freelist("list"), 1)
