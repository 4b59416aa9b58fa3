-- From 3.4 on, by count __del__ runs before weak references are cleared; in the collector, after.
scenario "what a finalizer sees through a weak reference"

-- (2.7 clears weak references first, and leaves cycles with a finalizer alone.)
local legacy = heap.profile.finalizers == "legacy"
local log = {}
local Watched = class("Watched", {
  __del__ = function()
    log[#log + 1] = is(w(), None) and "__del__ sees None" or "__del__ sees the object"
  end,
})
local function watch(x)
  return weakref.ref(x, function() log[#log + 1] = "callback" end)
end

step "dying by count: the finalizer first"
x = Watched {}
w = watch(x)
del "x"
expect_eq(log, legacy and { "callback", "__del__ sees None" }
  or { "__del__ sees the object", "callback" })

-- In garbage a finalizer could otherwise get hold of an object that is about to be
-- taken apart, through a weak reference from elsewhere.
step "dying in a cycle: all weak references are cleared first, then finalizers run"
log = {}
x = Watched {}
x.me = x
w = watch(x)
del "x"
gc.collect()
expect_eq(log, legacy and {} or { "callback", "__del__ sees None" })
