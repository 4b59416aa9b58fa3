-- A cache of 300 entries that are cycles: thousands of dead ones lie about, until
-- the thresholds fit how long an entry lives.
scenario "an LRU cache, tuned with set_threshold"

needs "gc.callbacks"
local last
for key in keys(dict { { 2, "first" }, { 1, "last" } }) do last = value(key) end
skipIf(last == 2, "the dicts of 2.7 keep no order")

local capacity = 300
-- (Were generation 0's counter a number of members, there would be some more.)
local by_allocation = heap.profile.counter == "allocations"
local peak, collections = 0, 0
gc.callbacks:append(function(phase)
  if phase == "stop" then return end
  collections = collections + 1
  peak = math.max(peak, heap.live("list") // 2)
end)

local function oldest_key()             -- the first of the dict
  local oldest
  for key in keys(cache) do
    oldest = value(key)
    if oldest then break end
  end
  return oldest
end

-- An entry is two lists that hold each other: a node, and what it is a node of.
local function put(key, forget)
  frame(function()
    node = list { key }
    node:append(list { "page", node })
    cache:set(key, node)                -- the newest is the last of the dict
  end)
  if #cache > capacity then forget(oldest_key()) end
end

local function get(key)                 -- used again: to the end of the line
  cache:set(key, cache:pop(key))
end

local function delete(key) cache:delitem(key) end

-- 5000 entries go through the cache, all but 300 out again.
local function day(forget, ...)
  gc.disable()
  cache = dict {}
  gc.collect()
  peak, collections = 0, 0
  gc.set_threshold(...)
  gc.enable()
  for key = 1, 5000 do
    put(key, forget)
    if key % 10 == 0 then get(1) end    -- the start page
  end
  gc.disable()
  return peak, collections
end

-- An entry that is thrown out is a cycle, and waits for the collector.  But while it
-- was in use a collection of generation 0 has come by: it is in generation 1, which is
-- collected at every twelfth trigger only.
step "700, 10, 10: eleven times the capacity in memory before generation 1 is looked at"
local peak_before, collections_before = day(delete, 700, 10, 10)
expect(peak_before > 11 * capacity, "peak: " .. peak_before)
expect_eq(collections_before, by_allocation and 12 or 14)
expect_eq(#cache, capacity)
expect(cache:contains(1) and not cache:contains(2), "what is used stays")

step "700, 1, 1: generation 1 at every third trigger; one scan more, half the memory"
local peak_after, collections_after = day(delete, 700, 1, 1)
expect(peak_after < 6 * capacity, "peak: " .. peak_after)
expect_eq(collections_after, by_allocation and 13 or 14)

-- The other way round: leave entries the time to die young.
step "4000, 10, 10: most entries are dead when the collector first comes by"
peak_after, collections_after = day(delete, 4000, 10, 10)
expect(peak_after < 8 * capacity, "peak: " .. peak_after)
expect_eq(collections_after, 2)

step "best of all is not to need the collector: an entry thrown out is taken apart"
day(function(key) cache:pop(key):clear() end, 700, 10, 10)
expect_eq(heap.live("list") // 2, capacity)
