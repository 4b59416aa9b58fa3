-- gc.get_referents(x) gives the objects that x refers to, as the collector meets them.
scenario "gc.get_referents"

step "a list's items, from the last to the first"
a = list {}
b = set { 1 }
v = list { a, b }
local referents = gc.get_referents(v)
expect_eq(#referents, 2)
expect_same(referents[1], b)
expect_same(referents[2], a)

step "not deduplicated: one for each reference"
v = list { 1, 2, 2 }
t = tuple { 3 }
local values = {}
for i, x in ipairs(gc.get_referents(v, t)) do values[i] = value(x) end
expect_eq(values, { 2, 2, 1, 3 })

step "a dict whose keys are strings gives its values only: strings are in no cycle"
d = dict { first = a, second = b }
referents = gc.get_referents(d)
if heap.profile.dict_str_keys_skipped then      -- 2.7 gives the keys as well
  expect_eq(#referents, 2)
  expect_same(referents[1], a)
  expect_same(referents[2], b)
else
  expect_eq(#referents, 4)
end

step "numbers and strings refer to nothing"
expect_eq(#gc.get_referents(int(100000), str("text")), 0)

-- The collector's subtraction is this, done for every container: for each referent
-- take 1 off its copy.
step "counted together, the referents of a cycle are its members' counts"
v = list {}
w = list { v }
v:append(w)
local inside = #gc.get_referents(v) + #gc.get_referents(w)
expect_eq(inside, 2)
expect_eq(refcnt(v) + refcnt(w) - inside, 2)    -- what remains: the two names
