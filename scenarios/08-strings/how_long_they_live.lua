-- Interned is not for ever: the table's own reference does not count.
scenario "the life of an interned string"

-- (In 3.12 it is for ever: there interned strings are immortal.)
if heap.profile.interned_immortal then
  v = sys.intern("wu peiqi!")
  local was_v = v
  del "v"
  expect_alive(was_v)
  return
end

step "its count is that of its names"
local strings = heap.live("str")
v = sys.intern("wu peiqi!")
expect_refcnt(v, 1)
w = sys.intern("wu peiqi!")
expect_refcnt(v, 2)

step "with its last reference it dies, and leaves the table"
local was_v = v
del("v", "w")
expect_dead(was_v)
expect_live("str", strings)

step "the next equal string takes its place there"
first = str("wu peiqi!")
second = str("wu peiqi!")
expect_same(sys.intern(second), second)
expect_same(sys.intern(first), second)

step "interned constants live as long as the code that holds them"
code = tuple { constant("wupeiqi") }
local constant_text = code[0]
expect_same(constant("wupeiqi"), constant_text)
del "code"
expect_dead(constant_text)
