-- A dying instance lets go of its attributes in the order in which it got them; from
-- 3.11 on in the order in which its class first saw their names.
scenario "which attribute goes first"

local inside = heap.profile.attributes == "inside"
local log = {}
local Part = class("Part", {
  __del__ = function(self) log[#log + 1] = value(self.name) end,
})
local Car = class "Car"
local function part(name) return Part { name = name } end

step "the first car of all has an engine, then wheels"
first = Car {}
first.engine = None
first.wheels = None

step "the second gets them the other way round"
second = Car {}
second.wheels = part "wheels"
second.engine = part "engine"

-- Its own dict remembers its own order.  Kept inside the instance, values lie where the
-- class has put their names, and the class has learnt these from the first car.
step "wheels first, as stored; or engine first, as in the class"
del "second"
local walked = {}                       -- a dict of 2.7 has an order of its own
for key in keys(dict { { "wheels", 1 }, { "engine", 2 } }) do walked[#walked + 1] = value(key) end
expect_eq(log, inside and { "engine", "wheels" } or walked)
