-- Words for names, frames and temporaries.

return {
  title = "Names, frames and temporaries",
  {
    name = "del", signature = "del(name, …)", params = "name: name, more: name...", given = "v1 = list{}",
    meaning = "Python's `del`: the name goes, and its reference with it. An object whose count falls to 0 is "
      .. "destroyed at once. `v1 = nil` does the same.",
    errors = { "NameError" },
    example = [[
      v1 = list{}
      local it = v1
      del "v1"
      expect_dead(it)]],
  },
  {
    name = "frame", signature = "frame(f, …)", params = "f: function, arguments: any...",
    meaning = "Calls `f` as Python calls a function: names assigned inside are local to the call and are "
      .. "released, in order, when it returns or raises. Names outside can be read. Frames nest 60 deep, calls of "
      .. "finalizers and callbacks included; the next is a RecursionError.",
    results = "what `f` returns", errors = { "RecursionError", "MemoryError" },
    example = [[
      local inside
      frame(function() v1 = list{} inside = v1 end)
      expect_dead(inside)]],
  },
  {
    name = "outer", signature = "outer(name, v)", params = "name: name, v: any", args = { "\"v1\"", "list{}" },
    meaning = "Assigns to a name outside every frame, as Python does after `global name`.",
    errors = { "MemoryError" },
    example = [[
      frame(function() outer("kept", list{1}) end)
      expect_refcnt(kept, 1)]],
  },
  {
    name = "drop", signature = "drop(x)", params = "x: temporary", args = { "list{}" },
    meaning = "Destroys a temporary now: an object that only its handle keeps. An object that a name or a "
      .. "container holds is refused.",
    errors = { "RuntimeError" },
    example = [[
      local l = list{}
      drop(l)
      expect_dead(l)]],
  },
  {
    name = "env", signature = "py:env()", params = "py: any?", call = "heap.new{}:env()",
    meaning = "The environment itself, for a Lua program that uses the lab as a module: `local _ENV = py:env()`.",
    results = "the environment", errors = {},
    example = [[
      local other = heap.new{}
      expect(other:env() == other)
      other:close()]],
  },
  {
    name = "close", signature = "py:close()", params = "py: any?", call = "heap.new{}:close()",
    meaning = "Closes the heap and gives back its memory, whatever is alive in it. No finalizer runs. Its "
      .. "handles are dead from then on.",
    errors = {},
    example = [[
      local other = heap.new{profile = "3.7"}
      other.v1 = other.list{}
      other:close()]],
  },
}
