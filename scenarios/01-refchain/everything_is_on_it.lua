-- The refchain has every living object on it, whatever its type; the collector's
-- generations have only containers.
scenario "every object is on the refchain"

local function on_refchain(wanted)
  for x in heap.refchain() do
    if is(x, wanted) then return true end
  end
  return false
end

step "objects of all types are on it"
local born = {
  int(1000), float(3.14), str("some text"), list {}, tuple { 1 }, dict {}, set { 1 },
  object {},
}
for _, x in ipairs(born) do
  expect(on_refchain(x), typename(x) .. " is on the refchain")
end

step "so are those that start-up made: None, True, the pooled ints"
for _, x in ipairs { None, True, False, int(-5), int(256) } do
  expect(on_refchain(x), repr(x) .. " is on the refchain")
end

-- The refchain is for whoever wants to see all objects.  The collector does not
-- walk it: it walks its generations, and atoms are in none of them.
step "being on the refchain is not being known to the collector"
number = float(3.14)
numbers = list { number }
expect(on_refchain(number) and on_refchain(numbers))
expect_eq(heap.generation(number), nil)
expect_eq(heap.generation(numbers), 0)

-- In CPython the refchain exists only when it was built with trace-refs; the
-- Python that you install has no such list (and no sys.getobjects).
step "garbage in a cycle stays on it until the collector has found it"
loop = list {}
loop:append(loop)
local was_loop = loop
del "loop"
expect(on_refchain(was_loop))
expect_collect(1)
expect_dead(was_loop)
