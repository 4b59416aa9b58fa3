-- From 3.8 on a weak reference that is garbage itself goes dead, even if what it leads
-- to lives.
scenario "a weak reference that is garbage"

local cleared = heap.profile.trash_clears_weakrefs and not heap.profile.plain_weakrefs_wait
local Watcher = class("Watcher", { __del__ = function(self) outer("seen", self.watch()) end })
local Target = class "Target"
gc.disable()

step "a target with a name, and a watcher in a cycle that refers to it weakly"
target = Target {}
watcher = Watcher { watch = weakref.ref(target) }
watcher.me = watcher
expect_same(watcher.watch(), target)

step "the watcher becomes garbage, its weak reference with it; the target does not"
local was_watcher = watcher
del "watcher"
expect_refcnt(target, 1)
expect(gc.collect() > 0)

if heap.profile.finalizers == "legacy" then
  step "2.7 runs no finalizer in a cycle, so nobody looks"
  expect_alive(was_watcher)
  return
end

-- The finalizer asks the weak reference.  Up to 3.7 it gets the target: only weak
-- references *to* garbage were cleared before.  From 3.8 on those *in* garbage are
-- cleared, too: nothing that they could call is to run in the middle of clearing.  (3.15
-- lets those without a callback wait until the finalizers have run.)
step "what its finalizer sees: the target up to 3.7, None later"
expect_same(seen, cleared and None or target)
expect_dead(was_watcher)

step "the target never noticed"
del "seen"
expect_refcnt(target, 1)
expect_same(weakref.ref(target)(), target)
