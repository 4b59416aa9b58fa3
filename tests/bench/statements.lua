-- The statements of the script rows, for a scenario and for a Python module: the same on
-- both sides, with global names.  `before` runs once.  What a row without Python
-- statements measures is the binding's alone; `unit` counts what a pass does.

return {
  ["cycle pair"] = {
    lua = [[
      v1 = list{}
      v2 = list{}
      v1:append(v2)
      v2:append(v1)
      v1 = nil
      v2 = nil
    ]],
    python = [[
      v1 = []
      v2 = []
      v1.append(v2)
      v2.append(v1)
      del v1
      del v2
    ]],
  },
  ["list of 3"] = {
    lua = [[
      v = list{1, 2, 3}
      v = nil
    ]],
    python = [[
      v = [1, 2, 3]
      del v
    ]],
  },
  ["dict store"] = {
    lua_before = [[ d = dict{} ]],
    lua = [[
      d:set("key", 1)
      d:set("other", 2)
    ]],
    python_before = [[ d = {} ]],
    python = [[
      d["key"] = 1
      d["other"] = 2
    ]],
  },
  ["float arithmetic"] = {
    lua_before = [[ x = float(1.5) y = float(2.5) ]],
    lua = [[
      z = x + y
      z = x * y
    ]],
    python_before = [[ x = 1.5; y = 2.5 ]],
    python = [[
      z = x + y
      z = x * y
    ]],
  },
  ["attribute store"] = {
    lua_before = [[ o = object{} ]],
    lua = [[
      o.first = 1
      o.second = 2
    ]],
    python_before = [[
class Node: pass
o = Node()
]],
    python = [[
      o.first = 1
      o.second = 2
    ]],
  },
  ["temporaries"] = {
    passes = 1000000,
    lua = [[
      list{}
    ]],
    python = [[
      []
    ]],
  },
  ["empty call"] = {
    lua_before = [[ local function nothing() end ]],
    lua = [[ nothing(i) ]],
  },
  ["word"] = {
    lua_before = [[ local x, id = list{}, id  keep = x ]],
    lua = [[ id(x) ]],
  },
  ["method"] = {
    lua_before = [[ local x = list{}  keep = x ]],
    lua = [[ x:clear() ]],
  },
  ["name read"] = {
    lua_before = [[ v = list{} ]],
    lua = [[ local _ = v ]],
  },
  ["name store"] = {
    lua_before = [[ local x = list{}  keep = x ]],
    lua = [[ v = x ]],
  },
}
