-- Every object begins with the same four parts: two links, a count and a type.
scenario "what an object is made of"

-- layout(x) lists an object's fields as they lie in memory.
local function field_names(x)
  local names = {}
  for i, field in ipairs(layout(x)) do names[i] = field.field end
  return names
end

step "a float is the head and its value"
pi = float(3.14)
show(pi)
expect_eq(field_names(pi), { "next", "prev", "refcount", "type", "value" })

step "the head's parts: the neighbours on the refchain, the count, the type"
one_more = pi
local parts = {}
for _, field in ipairs(layout(pi)) do parts[field.field] = field.value end
expect_eq(parts.refcount, 2)            -- the names pi and one_more
expect_eq(parts.type, "float")
expect_eq(parts.value, 3.14)

step "the id of an object is the address of its head"
e = float(2.71)                         -- made right after pi: its neighbour
local newer
for _, field in ipairs(layout(pi)) do
  if field.field == "prev" then newer = field.value end
end
expect_eq(newer, id(e))

step "the head is the same for every type: what follows it is not"
for _, x in ipairs { str("A"), int(1000), list {}, dict {}, set { 1 }, None } do
  local names = field_names(x)
  expect_eq({ table.unpack(names, 1, 4) }, { "next", "prev", "refcount", "type" })
end
