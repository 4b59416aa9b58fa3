-- Random heap traces (tests/conformance/FORMAT.md), without results: generate(seed, length)
-- gives the same text for the same numbers.
--
-- A trace is a string of *actions*: most are one line, some a small story (a ring of
-- containers that is let go, a burst that fills a free list).  A *mix* says how often
-- each comes.  What a slot holds is only guessed here, well enough that most operations
-- meet what they want and some raise.
--
-- No key is expensive to hash: the hash of a tuple of tuples visits every path, so each
-- slot has a weight, the number of objects that a hash would visit, and what is heavy or
-- not known is no key and no element of a set.

local HEAVY = 64
local ATTRIBUTES = { "attr_a", "attr_b", "attr_c", "attr_d", "attr_e", "attr_f", "attr_g", "attr_h" }
local TEXTS = {
  "", "a", "b", "z", "0", "\\u00e9", "\\u00ff", "\\u0100", "key", "other key", "a_ring", "wupeiqi", "wupeiqi!",
  "a longer text, with spaces and all", "na\\u00efve", "\\u6b66\\u6c9b\\u9f50", "\\ud83d\\ude00",
  "\\\"quoted\\\"", "=> 1",
}
-- None of them is one that CPython has interned itself.
local INTERNED = { "wupeiqi", "other key", "a_ring", "name_of_one", "\\u6b66\\u6c9b\\u9f50", "x_1_y", "=> 1" }
local FLOATS = { "0.0", "-0.0", "1.0", "2.0", "0.5", "3.14", "9.999", "1e300", "0x1.8p+3", "-0x1.c000000000000p+1" }
local THRESHOLDS = {
  "700 10 10", "2000 10 10", "1 10 10", "1 1 1", "2 3 4", "5 2 2", "10 1 0", "10 0 5", "20 3 3", "50 2 2",
  "100 10 10", "700 0 0", "0 0 0", "0 10 10", "40 0 0", "-1 10 10", "7 -1 2", "300 1 1",
}
local CONTAINERS = { "list", "dict", "set", "tuple", "object", "finobject" }
local WEAKLY_REFERABLE = { set = true, object = true, finobject = true }
local COUNTS = { 1, 2, 3, 5, 10, 19, 20, 21, 49, 50, 51, 60, 79, 80, 81, 100, 101, 150 }
local MANY = { 700, 701, 1999, 2000, 2001, 2100 }
local DEEP = { 1000, 5000, 9949, 9950, 9951, 10050, 20000, 60000 }

local random = math.random

local function one_of(array) return array[random(#array)] end

-- == What a trace is written with. ================================================

local Trace = {}
Trace.__index = Trace

function Trace:line(...)
  local count = #self.lines + 1
  self.lines[count] = table.concat({ ... }, " ")
end

-- Any slot, filled or not.
function Trace:any() return self.slots[random(#self.slots)] end

-- A slot that holds an object of `kind`, or, now and then and when there is none, any.
function Trace:holding(kind)
  if random() > self.errors then
    local start, count = random(#self.slots), #self.slots
    for i = 0, count - 1 do
      local slot = self.slots[(start + i) % count + 1]
      if self.kind[slot] == kind then return slot end
    end
  end
  return self:any()
end

-- A slot that holds something, mostly.
function Trace:filled()
  for _ = 1, 4 do
    local slot = self:any()
    if self.kind[slot] or random() < self.errors / 4 then return slot end
  end
  return self:any()
end

-- A slot whose object is cheaply hashed, or refused, as a key.
function Trace:key()
  for _ = 1, 8 do
    local slot = self:filled()
    if (self.weight[slot] or HEAVY) < HEAVY and (self.hashable[self.kind[slot]] or random() < self.errors) then
      return slot
    end
  end
  return self:made("int")
end

-- The slot is filled: with an object of `kind` (false: not known which).
function Trace:set(slot, kind, weight)
  self.kind[slot] = kind or "unknown"
  self.weight[slot] = kind and (weight or 1) or HEAVY
end

function Trace:empty(slot)
  self.kind[slot], self.weight[slot] = nil, nil
end

-- A new object of `kind` without items, in any slot or that one; the slot.
function Trace:made(kind, slot, prefix)
  slot = slot or self:any()
  local line = (prefix or "") .. kind .. " " .. slot
  if kind == "int" then
    local which = random(4)
    local value = which == 1 and random(-7, 260) or which == 2 and random(0, 8) or which == 3 and 1000 or random(0)
    line = line .. " " .. value
  elseif kind == "float" then
    line = line .. " " .. (random(3) == 1 and ("%.17g"):format(random() * 2 - 1) or one_of(FLOATS))
  elseif kind == "str" then
    line = line .. ' "' .. one_of(TEXTS) .. '"'
  elseif kind == "intern" then
    line = line .. ' "' .. one_of(INTERNED) .. '"'
  elseif kind == "finobject" and random() < self.rescues then
    line = line .. " rescue " .. one_of(self.rescue_slots)
  end
  self:line(line)
  self:set(slot, kind == "intern" and "str" or kind)
  return slot
end

-- A new list, tuple, dict or set of what there is.
function Trace:made_of(kind, size, slot)
  slot = slot or self:any()
  local words, weight, fails = { kind, slot }, 1, false
  for _ = 1, size do
    if kind == "set" or kind == "dict" then words[#words + 1] = self:key() end
    if kind ~= "set" then
      local item = self:filled()
      fails = fails or not self.kind[item]
      words[#words + 1], weight = item, weight + (self.weight[item] or 0)
    end
  end
  self:line(table.concat(words, " "))
  -- one that fails leaves the slot as it was
  self:set(slot, not fails and kind, kind == "tuple" and weight or 1)
  return slot
end

-- Have the container in a slot hold the object in another.
function Trace:store(container, slot)
  local kind = self.kind[container]
  if kind == "list" then
    self:line(random(4) == 1 and "insert " .. container .. " 0" or "append " .. container, slot)
  elseif kind == "dict" then
    self:line("put", container, self.keys_slot, slot)
  elseif kind == "set" then
    self:line("add", container, (self.weight[slot] or HEAVY) < HEAVY and slot or self.keys_slot)
  else
    self:line("setattr", container, '"' .. one_of(ATTRIBUTES) .. '"', slot)
  end
end

-- == The actions. =================================================================

local actions = {}

function actions.atom(t)
  t:made(one_of { "int", "float", "str", "int", "float", "str", "intern", "none", "true", "false" })
end

function actions.float(t) t:made "float" end
function actions.int(t) t:made "int" end
function actions.text(t) t:made(one_of { "str", "intern" }) end

function actions.container(t)
  local kind = one_of(CONTAINERS)
  if kind == "object" or kind == "finobject" then t:made(kind)
  else t:made_of(kind, random(0, kind == "set" and 3 or 5)) end
end

function actions.list(t) t:made_of("list", random(0, 6)) end
function actions.tuple(t) t:made_of("tuple", random(5) == 1 and random(17, 22) or random(0, 5)) end
function actions.dict(t) t:made_of("dict", random(5) == 1 and random(5, 12) or random(0, 3)) end
function actions.set(t) t:made_of("set", random(0, random(6))) end
function actions.object(t) t:made "object" end
function actions.finobject(t) t:made "finobject" end

function actions.weakref(t)
  local slot = t:any()
  local to = t:holding(one_of { "object", "finobject", "set", "object" })
  t:line("weakref", slot, to)
  t:set(slot, WEAKLY_REFERABLE[t.kind[to]] and "weakref")
end

function actions.deref(t)
  local slot = t:any()
  t:line("deref", slot, t:holding "weakref")
  t:set(slot, false)
end

function actions.let(t)
  local slot, from = t:any(), t:filled()
  t:line("let", slot, from)
  t:set(slot, t.kind[from], t.weight[from])
end

function actions.del(t)
  local slot = t:filled()
  t:line("del", slot)
  t:empty(slot)
end

function actions.list_change(t)
  local list = t:holding "list"
  local which = random(8)
  if which <= 3 then t:line("append", list, t:filled())
  elseif which == 4 then t:line("insert", list, random(-4, 6), t:filled())
  elseif which == 5 then t:line("setitem", list, random(-3, 3), t:filled())
  elseif which == 6 then t:line("delitem", list, random(-3, 3))
  elseif which == 7 then t:line("pop", list)
  else t:line("repeat", one_of(COUNTS), one_of { "append " .. list .. " " .. t:filled(), "pop " .. list }) end
end

function actions.item(t)
  local slot = t:any()
  t:line("item", slot, t:holding(one_of { "list", "tuple" }), random(-3, 3))
  t:set(slot, false)
end

function actions.dict_change(t)
  local dict = t:holding "dict"
  if random(3) < 3 then t:line("put", dict, t:key(), t:filled()) else t:line("remove", dict, t:key()) end
end

function actions.lookup(t)
  local slot = t:any()
  t:line("lookup", slot, t:holding "dict", t:key())
  t:set(slot, false)
end

function actions.set_change(t)
  t:line(random(3) < 3 and "add" or "discard", t:holding "set", t:key())
end

function actions.clear(t)
  t:line("clear", t:holding(one_of { "list", "dict", "set" }))
end

function actions.attribute(t)
  local object = t:holding(one_of { "object", "finobject" })
  local name = '"' .. one_of(t.attributes) .. '"'
  local which = random(6)
  if which <= 3 then t:line("setattr", object, name, t:filled())
  elseif which == 4 then t:line("delattr", object, name)
  else
    local slot = t:any()
    t:line("getattr", slot, object, name)
    t:set(slot, false)
  end
end

-- A container holds itself.
function actions.itself(t)
  local slot = t:made(one_of { "list", "dict", "object", "finobject" })
  t:store(slot, slot)
end

-- Each holds the next, the last the first; then their names go, mostly.
function actions.ring(t)
  local ring, size = {}, random(2, 5)
  if random(3) == 1 then t:made(one_of { "str", "int" }, t.keys_slot) end
  for i = 1, size do
    ring[i] = t:made(one_of { "list", "dict", "object", "finobject", "list", "object" })
  end
  for i = 1, size do t:store(ring[i], ring[i % size + 1]) end
  if random(3) == 1 then t:store(ring[1], t:filled()) end
  if random(4) == 1 then t:store(t:holding "list", ring[random(size)]) end
  if random(3) == 1 then
    local weak, to = t:any(), ring[random(size)]
    t:line("weakref", weak, to)
    t:set(weak, WEAKLY_REFERABLE[t.kind[to]] and "weakref")
  end
  for i = 1, size do
    if random(6) > 1 then
      t:line("del", ring[i])
      t:empty(ring[i])
    end
  end
end

-- A nest of `depth`: built, looked at, let go in one of several ways.
local function nest(t, depth)
  local slot = t:filled()
  local kind = one_of { "list", "tuple", "list", "tuple", "dict" }
  if kind == "dict" then t:made("int", t.keys_slot) end
  t:line("repeat", depth, kind, slot, kind == "dict" and t.keys_slot .. " " .. slot or slot)
  t:set(slot, t.kind[slot] and kind, HEAVY)
  local which = random(6)
  if which == 1 then
    t:made("finobject", slot, "repeat " .. random(3) .. " ")
  elseif which == 2 then
    local holder = t:made(one_of { "object", "finobject", "list" })
    t:store(holder, slot)
    t:line("del", slot)
    t:empty(slot)
  elseif which <= 5 then
    t:line("del", slot)
    t:empty(slot)
  end
end

function actions.nest(t) nest(t, one_of(COUNTS)) end
function actions.burst(t) nest(t, one_of(MANY)) end
function actions.deep(t) nest(t, one_of(DEEP)) end

-- A nest of instances, alone or between other containers.
function actions.chain(t)
  local slot = t:any()
  local kinds = one_of { { "object" }, { "object", "finobject" }, { "object", "list", "tuple", "dict" } }
  for _ = 1, one_of { 5, 24, 26, 51, 60, 110 } do
    local kind, outer = one_of(kinds), t:any()
    if outer == slot then goto continue end
    if kind == "tuple" then
      t:line("tuple", outer, slot)
    else
      t:made(kind, outer)
      t:store(outer, slot)
    end
    t:line("let", slot, outer)
    t:line("del", outer)
    t:set(slot, false)
    t:empty(outer)
    ::continue::
  end
  if random(4) > 1 then
    t:line("del", slot)
    t:empty(slot)
  end
end

-- Many of one kind alive at once, then let go: a free list runs full.
function actions.hoard(t)
  local kind, hoard = one_of { "float", "list", "dict", "tuple", "object", "weakref" }, t:made "list"
  local item = t:any()
  if item == hoard then return end
  for _ = 1, one_of { 3, 10, 82, 104 } do
    if kind == "tuple" then t:line("tuple", item, hoard, hoard)
    elseif kind == "weakref" then
      t:made("object", item)
      t:line("append", hoard, item)
      t:line("weakref", item, item)
    else t:made(kind, item) end
    t:line("append", hoard, item)
  end
  t:line("del", item)
  t:line(one_of { "del ", "clear " } .. hoard)
  t:empty(item)
  t:empty(hoard)
  t:made(kind == "weakref" and "object" or kind, item)
  t:line("place", item)
end

-- A set or dict whose elements are on a free list when it is gone, in its order: what is
-- made next shows that. Its keys have hashes that are the same in every run.
function actions.hashed(t)
  local container, item, key = t:made(one_of { "set", "set", "dict" }), t:any(), t.keys_slot
  local is_set = t.kind[container] == "set"
  if item == container then return end
  for _ = 1, one_of { 3, 4, 5, 6, 9, 12, 20, 40, 80 } do
    t:made(one_of { "int", "float" }, item)
    if random(3) == 1 then t:line("tuple", item, item, item) end
    if random(3) == 1 then t:line("float", key, random(-40, 40) / 4) else t:line("let", key, item) end
    if random(5) == 1 then
      t:line(is_set and "discard" or "remove", container, key)
    elseif is_set then
      t:line("add", container, key)
    else
      t:line("put", container, key, item)
    end
  end
  t:line("len", container)
  t:made("int", key)
  t:made("int", item)
  if random(3) == 1 then t:line "collect" end
  t:line(one_of { "del ", "clear " } .. container)
  t:empty(container)
  for _ = 1, random(6) do
    local slot = t:any()
    if random(2) == 1 then
      t:made("float", slot)
    else
      t:line("tuple", slot, key, key)
      t:set(slot, "tuple", 3)
    end
    t:line("place", slot)
  end
end

-- The same made again and again.
function actions.churn(t)
  local slot = t:any()
  local count = random(6) == 1 and one_of(MANY) or one_of(COUNTS)
  local kind = one_of { "list", "dict", "object", "finobject", "float", "set", "int", "str" }
  t:made(kind, slot, "repeat " .. count .. " ")
end

-- Many alive at once, in a list: generations fill.
function actions.crowd(t)
  local list = t:made "list"
  for _ = 1, random(5, 60) do
    local slot = t:made(one_of { "list", "object", "dict", "set" })
    if slot ~= list then t:line("append", list, slot) end
  end
end

function actions.collect(t)
  local which = random(12)
  if which <= 5 then t:line "collect"
  elseif which <= 11 then t:line("collect", random(0, 2))
  else t:line("collect", one_of { -1, 3, 100 }) end
end

function actions.threshold(t) t:line("threshold", one_of(t.thresholds)) end
function actions.switch(t) t:line(one_of { "disable", "enable", "enable" }) end
function actions.freeze(t) t:line(one_of { "freeze", "unfreeze", "unfreeze" }) end

function actions.look(t)
  local which = one_of(t.looks)
  if which == "count" or which == "stats" or which == "finalized" then t:line(which)
  elseif which == "same" then t:line(which, t:filled(), t:filled())
  elseif which == "alive" then t:line(which, t:holding "weakref")
  elseif which == "rescued" then
    local slot = one_of(t.rescue_slots)
    t:line(one_of { "refcnt", "gen", "tracked", "place", "del" }, slot)
  else t:line(which, t:filled()) end
end

-- What is not a slot's at all, or the wrong one's.
function actions.mistake(t)
  local slot, other = t:any(), t:any()
  t:line(one_of {
    "append " .. slot .. " " .. other, "insert " .. slot .. " 0 " .. other, "pop " .. slot, "clear " .. slot,
    "setitem " .. slot .. " 0 " .. other, "delitem " .. slot .. " 0", "len " .. slot, "alive " .. slot,
    'delattr ' .. slot .. ' "attr_a"', "weakref " .. slot .. " " .. slot,
    "add " .. slot .. " " .. t:key(), "put " .. slot .. " " .. t:key() .. " " .. other, "del " .. slot,
  })
  if t.kind[slot] then t:set(slot, false) end
end

-- == The mixes. ===================================================================

local BASE = {
  atom = 10, container = 12, let = 5, del = 10, list_change = 8, item = 2, dict_change = 6, lookup = 2,
  set_change = 3, clear = 1, attribute = 6, weakref = 3, deref = 1, itself = 1, ring = 2, nest = 0.4, chain = 0.05,
  hoard = 0.05, hashed = 0.1, churn = 0.8, crowd = 0.1, collect = 2, threshold = 0.3, switch = 0.2, freeze = 0.15,
  mistake = 0.5,  look = 40,
}

local MIXES = {
  mixed = {},
  refcount = { let = 15, del = 15, list_change = 15, atom = 20, text = 5 },
  containers = { list = 10, tuple = 10, dict = 10, set = 4, list_change = 15, dict_change = 15, clear = 3, hashed = 1 },
  cycles = { ring = 15, itself = 4, collect = 5, crowd = 0.5 },
  freelists = { float = 15, list = 10, tuple = 15, dict = 10, nest = 2, hoard = 1, hashed = 1, churn = 3, clear = 2 },
  generations = { crowd = 1, churn = 3, collect = 5, threshold = 2, switch = 0.5, freeze = 1, ring = 6 },
  weakrefs = { weakref = 20, deref = 8, object = 10, finobject = 5, set = 4, ring = 5, set_change = 5 },
  finalizers = { finobject = 20, ring = 8, collect = 5, deref = 3, weakref = 6, nest = 1 },
  tracking = { tuple = 15, dict = 15, dict_change = 10, collect = 8, float = 5, let = 8, threshold = 1 },
  instances = { object = 15, finobject = 8, attribute = 30, chain = 0.3, ring = 4 },
  nesting = { nest = 6, chain = 1, burst = 0.2, ring = 3, collect = 3, finobject = 5 },
  depths = { nest = 3, deep = 0.3, burst = 0.5, chain = 0.5 },
  texts = { text = 25, dict_change = 15, int = 10, set_change = 8, lookup = 8 },
}

local MIX_NAMES = {}
for name in pairs(MIXES) do MIX_NAMES[#MIX_NAMES + 1] = name end
table.sort(MIX_NAMES)

-- Names of actions and, for each, the sum of the weights up to it.
local function cumulate(mix)
  local weights, names, sums, sum = {}, {}, {}, 0
  for name, weight in pairs(BASE) do weights[name] = weight end
  for name, weight in pairs(mix) do weights[name] = weight end
  for name in pairs(weights) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    sum = sum + weights[name]
    sums[i] = sum
  end
  return names, sums, sum
end

local function choose(names, sums, sum)
  local at, low, high = random() * sum, 1, #names
  while low < high do
    local middle = (low + high) // 2
    if sums[middle] > at then high = middle else low = middle + 1 end
  end
  return actions[names[low]]
end

local function new_trace()
  local t = setmetatable({
    lines = {}, kind = {}, weight = {}, slots = {}, keys_slot = "key", rescue_slots = { "r0", "r1" },
    hashable = { int = true, float = true, str = true, none = true, ["true"] = true, ["false"] = true,
                 tuple = true, object = true, finobject = true, weakref = true },
    errors = one_of { 0.01, 0.03, 0.1 }, rescues = one_of { 0, 0.2, 0.5 }, thresholds = THRESHOLDS,
    attributes = ATTRIBUTES,
    looks = { "refcnt", "refcnt", "refcnt", "place", "place", "tracked", "gen", "gen", "count", "count", "stats",
              "finalized", "same", "alive", "len", "rescued" },
  }, Trace)
  for row in ("abcd"):sub(1, random(2, 4)):gmatch "." do
    for i = 0, random(3, 7) do t.slots[#t.slots + 1] = row .. i end
  end
  t.slots[#t.slots + 1] = "r0"
  if random(4) == 1 then
    t.attributes = { table.unpack(ATTRIBUTES) }
    for i = 1, 40 do t.attributes[#t.attributes + 1] = "attr_n" .. i end
  end
  return t
end

-- A trace of about `length` operations.  Whole and ready for a reader; it has no results.
return function(seed, length)
  math.randomseed(seed, 0)
  local mix = one_of(MIX_NAMES)
  local names, sums, sum = cumulate(MIXES[mix])
  local t = new_trace()

  t:line "refchain-trace 1"
  t:line "profile 3.8"
  t:line(("# random: mix %s, seed %d, %d operations"):format(mix, seed, length))
  t:made(one_of { "str", "int" }, t.keys_slot)
  if random(3) > 1 then actions.threshold(t) end
  while #t.lines < length + 3 do choose(names, sums, sum)(t) end
  return table.concat(t.lines, "\n") .. "\n"
end
