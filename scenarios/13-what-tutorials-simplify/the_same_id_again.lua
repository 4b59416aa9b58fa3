-- "Made again, it has the same id: that is the free list."  Or any of four other things.
scenario "five reasons for an equal id"

local function again(make)              -- make, drop, make again
  v = make()
  local first = id(v)
  del "v"
  v = make()
  local same, how = id(v) == first, origin(v)
  del "v"
  return same, how
end

step "a float: the free list indeed"
expect_eq({ again(function() return float(3.14) end) }, { true, "free list" })

step "an instance: there is no free list of them, only memory that is used again"
local Node = class "Node"
expect_eq({ again(function() return Node {} end) }, { true, "reused block" })

step "a small int: it never died, it is in the pool"
expect_eq({ again(function() return int(18) end) }, { true, "small-int pool" })

step "a single character: it never died, it is in the cache"
expect_eq({ again(function() return str("A") end) }, { true, "character cache" })

step "a constant: it never died, the code that is running holds it"
code = tuple { constant("wu peiqi!") }
local same = again(function() return code[0] end)
expect(same)

-- So an id proves nothing.  Evidence is a counter that does not fall when the object
-- dies, and in this laboratory origin(x).
step "the same id for two objects at the same time would be something"
a = float(3.14)
b = float(3.14)
expect(id(a) ~= id(b))
