-- __del__ is called when an object is about to be destroyed, and finds it whole.
scenario "__del__"

local log = {}
local File = class("File", {
  __del__ = function(self) log[#log + 1] = "closing " .. value(self.name) end,
})

step "called when the last reference goes, not before"
f = File { name = "a.txt" }
g = f
del "f"
expect_eq(log, {})
del "g"
expect_eq(log, { "closing a.txt" })

step "giving the name to another object is letting go of the first"
f = File { name = "b.txt" }
f = File { name = "c.txt" }
expect_eq(log, { "closing a.txt", "closing b.txt" })

step "at the end of a call its names go, in the order in which they came"
log = {}
frame(function()
  x = File { name = "x" }
  y = File { name = "y" }
end)
expect_eq(log, { "closing x", "closing y" })

step "in a cycle it is the collector that calls it"
log = {}
f = File { name = "loop" }              -- also closes c.txt
f.me = f
del "f"
expect_eq(log, { "closing c.txt" })
gc.collect()
local legacy = heap.profile.finalizers == "legacy"      -- 2.7: not in a cycle
expect_eq(log[2], not legacy and "closing loop" or nil)
