-- With nothing but counts, cycles pile up: this is the leak the collector is for.
scenario "a leak that counts cannot see"

local function make_cycle()
  frame(function()
    v1 = list { 11, 22, 33 }
    v2 = list { 44, 55, 66 }
    v1:append(v2)
    v2:append(v1)
  end)                                  -- the call's names go here
end

step "automatic collection off: now there are only counts"
gc.disable()
gc.collect()

step "a hundred calls leave two hundred lists behind, and memory is gone"
local before = heap.memory().used
for _ = 1, 100 do make_cycle() end
expect_live("list", 200)
local leaked = heap.memory().used - before
expect(leaked > 200 * 64, "each list takes more than 64 bytes")

step "lists that are not in a cycle leave nothing"
for _ = 1, 100 do
  frame(function()
    v1 = list { 11, 22, 33 }
    v2 = list { 44, 55, 66 }
    v1:append(v2)
  end)
end
expect_live("list", 200)

step "one collection gives it all back"
expect_collect(200)
expect_live("list", 0)
expect(heap.memory().used < before + leaked // 2)
