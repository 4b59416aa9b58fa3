-- Words at random, on names at random; --seed tells which.
scenario "words at random"

local Node = class "Node"
local count = 0
local Fin = class("Fin", { __del__ = function(self)
  count = count + 1
  if count % 5 == 0 then saved = self end
end })
local names = { "a", "b", "c", "d", "e", "f" }
local kept = {}
local function r(n) if n then return math.random(n) end return math.random() end
local function any()
  local k = r(12)
  if k == 1 then return r(300) - 10 end
  if k == 2 then return r() end
  if k == 3 then return "s" .. r(5) end
  if k == 4 then return None end
  if k == 5 then return true end
  if k == 6 then return list { r(5), "x" } end
  if k == 7 then return dict { k = r(3) } end
  if k == 8 then return Node { v = r(3) } end
  if k == 9 then return tuple { r(3) } end
  return _G[names[r(#names)]] or 5
end
local makers = {
  function() return list { any(), any() } end,
  function() return tuple { any(), any() } end,
  function() return dict { { r(4), any() }, { "k" .. r(3), any() } } end,
  function() return set { r(9), "e" .. r(4) } end,
  function() return Node { x = any() } end,
  function() return Fin { x = any(), y = 1 } end,
  function() return list(tuple { any(), any() }) end,
  function() return dict() end,
  function() return list() end,
  function() return list("abé€") end,
  function() return set("hello") end,
  function() return tuple("xy€") end,
  function() return sys.intern("i" .. r(4)) end,
  function() return constant("c" .. r(4)) end,
  function() return any() end,
  function() return object { z = any() } end,
  function() return Fin { me = any() } end,
  function() local o = any() return weakref.ref(o) end,
  function() return frame(function() tmp = list { any() } q = any() return tmp end) end,
  function() return list { 1.5, r() } + list { any() } end,
  function() return tuple { 1, any() } * r(3) end,
  function() return 2.5 + r(4) end,
  function() return float(1.5) * 2 end,
  function() return str("ab") .. "c" .. r(3) end,
}
local uses = {
  list = {
    function(l) l:append(any()) end,
    function(l) l:insert(r(5) - 3, any()) end,
    function(l) l:pop() end,
    function(l) kept[r(5)] = l:pop(r(3) - 2) end,
    function(l) l:extend(list { any(), any() }) end,
    function(l) l:extend(l) end,
    function(l) l:reverse() end,
    function(l) l:sort() end,
    function(l) return l:copy() end,
    function(l) l:clear() end,
    function(l) l[r(3) - 2] = any() end,
    function(l) l:delitem(r(4) - 2) end,
    function(l) return l[r(3) - 1] end,
    function(l) l:remove(any()) end,
    function(l) for x in iter(l) do kept[r(5)] = x end end,
    function(l) return l + l end,
    function(l) return l * 2 end,
    function(l) return tuple(l) end,
    function(l) l:extend("aé€") end,
    function(l) if #l > 50 then l:clear() end end,
    function(l) return list(l) end,
  },
  dict = {
    function(d) d:set(r(4), any()) end,
    function(d) d:set("k" .. r(3), any()) end,
    function(d) d:set(any(), any()) end,
    function(d) return d:pop(r(4)) end,
    function(d) return d:pop("k" .. r(3), any()) end,
    function(d) d:popitem() end,
    function(d) local k, v = d:popitem() kept[r(5)] = k kept[r(5)] = v return v end,
    function(d) d:setdefault("k" .. r(4), any()) end,
    function(d) d:update(dict { k1 = any() }) end,
    function(d) d:update(list { tuple { 1, any() }, list { "z", 5 } }) end,
    function(d) return d:copy() end,
    function(d) return dict(d) end,
    function(d) d:delitem(r(4)) end,
    function(d) d:clear() end,
    function(d) return d:get("k1") end,
    function(d) for _, v in items(d) do kept[r(5)] = v end end,
    function(d) return list(d) end,
    function(d) d:update(d) end,
  },
  set = {
    function(s) s:add(any()) end,
    function(s) s:discard(r(9)) end,
    function(s) s:remove("e" .. r(4)) end,
    function(s) s:pop() end,
    function(s) return s:copy() end,
    function(s) s:update(list { r(9), "q" }) end,
    function(s) s:update("ab€") end,
    function(s) return weakref.ref(s) end,
    function(s) s:clear() end,
  },
  Node = {
    function(o) o.x = any() end,
    function(o) return o.x end,
    function(o) o.v = nil end,
    function(o) o.me = o end,
  },
  Fin = {
    function(o) o.x = any() end,
    function(o) return o.x end,
    function(o) o.x = nil end,
    function(o) o.me = o end,
  },
  weakref = {
    function(w) return w() end,
    function(w) alive(w) end,
  },
  tuple = {
    function(t) return t[r(2) - 1] end,
    function(t) return list(t) end,
    function(t) return t + t end,
  },
}
local gcs = {
  function() gc.collect(r(3) - 1) end,
  function() gc.collect() end,
  function() gc.set_threshold(20 + r(20), r(4), r(4)) end,
  function() gc.get_count() end,
  function() gc.enable() end,
  function() gc.disable() end,
  function() gc.freeze() end,
  function() gc.unfreeze() end,
  function() gc.get_stats() end,
}
gc.set_threshold(25, 3, 3)
for _ = 1, 400 do
  local k = r(20)
  local name = names[r(#names)]
  local ok, err = pcall(function()
    if k <= 7 then _G[name] = makers[r(#makers)]()
    elseif k == 8 then gcs[r(#gcs)]()
    elseif k == 9 then _G[name] = nil
    elseif k == 10 then refcnt(_G[name]) id(_G[name]) heap.generation(_G[name])
    elseif k == 11 then local h = kept[r(5)] if h and alive(h) then _G[name] = h end
    elseif k == 12 then local h = kept[r(5)] if h and alive(h) then refcnt(h) kept[r(5)] = list { h } end
    else
      local x = _G[name]
      local u = x and uses[typename(x)]
      local y = u and u[r(#u)](x)
      if u and r(3) == 1 then
        _G[names[r(#names)]] = y
      elseif u and r(4) == 1 then
        kept[r(5)] = y
      end
    end
  end)
  if not ok and not tostring(err):find("Error") then error(err, 0) end
end
