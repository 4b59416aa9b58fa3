-- Variable-size objects have a fifth part in the head: how many items they hold.
scenario "variable-size objects"

local function fifth_part(x)
  local field = layout(x)[5]
  return field.field, field.value
end

step "list and tuple say their size right behind the head"
numbers = list { 11, 22, 33 }
pair = tuple { 1, 2 }
expect_eq({ fifth_part(numbers) }, { "size", 3 })
expect_eq({ fifth_part(pair) }, { "size", 2 })

step "the size is the number of items in use, not the room for them"
numbers:append(44)
expect_eq({ fifth_part(numbers) }, { "size", 4 })
numbers:clear()
expect_eq({ fifth_part(numbers) }, { "size", 0 })

-- Tutorials like to count set and dict among the variable-size objects: they hold
-- many things, after all.  But their head has four parts like a float's; how many
-- elements they have stands in their body.
step "set and dict are not variable-size objects"
local fixed = { set { 1, 2, 3 }, frozenset { 1, 2 }, dict { k = 1 }, float(3.14) }
for _, x in ipairs(fixed) do
  expect((fifth_part(x)) ~= "size", typename(x) .. " has no size in its head")
end

step "a tuple keeps its items in itself, a list in a block apart"
local small, large = sys.getsizeof(tuple { 1 }), sys.getsizeof(tuple { 1, 2, 3 })
expect_eq(large - small, 2 * 8)
local head_before = id(numbers)
for n = 1, 100 do numbers:append(n) end
expect_eq({ fifth_part(numbers) }, { "size", 100 })
expect_eq(id(numbers), head_before)     -- it grew a hundredfold and did not move
