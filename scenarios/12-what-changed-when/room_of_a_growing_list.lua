-- A list that grows takes room in advance: a rule that changed in 3.9.
scenario "how a list grows"

-- How many items there is room for: what getsizeof shows above an empty list, in
-- pointers of 8 bytes.
local empty = sys.getsizeof(list {})
local function room(x) return (sys.getsizeof(x) - empty) // 8 end

step "room appears in steps: at these lengths a list of 1 to 40 items gets new room"
v = list {}
local steps, last = {}, 0
for n = 1, 40 do
  v:append(None)
  if room(v) ~= last then
    last = room(v)
    steps[#steps + 1] = n .. ": " .. last
  end
end

-- An eighth more than is wanted, and a few.  From 3.9 on the result is brought to a
-- multiple of four.
step "1: 4, 5: 8, 9: 16 in every release; then 25 and 35, or 24 and 32"
local in_fours = heap.profile.list_growth == "eighth_of_four"
expect_eq(steps, in_fours and { "1: 4", "5: 8", "9: 16", "17: 24", "25: 32", "33: 40" }
  or { "1: 4", "5: 8", "9: 16", "17: 25", "26: 35", "36: 46" })

step "no rule gives room back for every item that goes: only below half of it"
local full = room(v)
v:pop()
expect_eq(room(v), full)
while #v >= full // 2 do v:pop() end
expect(room(v) < full)
