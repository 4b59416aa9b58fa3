-- "A free list holds its objects for later": until the next full collection.
scenario "how long is a dead float kept?"

local cleared = heap.profile.clears_free_lists
gc.disable()

step "ten dead floats, ready to be used again"
v = list()
for n = 1, 10 do v:append(n + 0.5) end
v:clear()
expect_eq((heap.freelist("float")), 10)

step "collections of generation 0 and 1 leave them alone"
gc.collect(0)
gc.collect(1)
expect_eq((heap.freelist("float")), 10)

-- Tutorials do not mention it (and by their word, in the profile `textbook`, it is not
-- so).  2.7 empties this one, too, but not those of lists and dicts.
step "gc.collect() gives all of them back"
local used = heap.memory().used
expect_collect(0)
expect_eq((heap.freelist("float")), cleared == "none" and 10 or 0)
expect_eq(heap.memory().used < used, cleared ~= "none")
