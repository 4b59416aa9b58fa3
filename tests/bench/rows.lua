-- What is measured, and the goals.
--
-- A row:   name    what it is called; --row finds it by this
--          work    what the programs are asked to do (work.c), or
--          script  the name of statements (statements.lua), or
--          whole   a command of the program as a whole (bench.lua)
--          n       size, in objects or operations
--          unit    of what is measured: of each object or operation
--          goals   each { kind, against, must, stretch }: a "ratio" of the peer's figure to ours, or a
--                  "limit" for ours.  Against "counting": the best peer that counts references; "cpython":
--                  the best CPython; "lua"; or one release, "3.8"
--          slow    left out of a quick run
--
-- Script rows are measured on every CPython that is there, and the rows without goals are told.

local rows = {}

local function add(name, work, n, goals, more)
  local row = { name = name, work = work, n = n, unit = "ns", goals = goals }
  for field, value in pairs(more or {}) do row[field] = value end
  rows[#rows + 1] = row
end

local function ratio(must, stretch, against)
  return { kind = "ratio", against = against or "counting", must = must, stretch = stretch }
end

local function limit(must, stretch) return { kind = "limit", must = must, stretch = stretch } end

local WORDS = {
  list3 = "list of 3", dict1 = "dict of 1", tuple2 = "tuple of 2", instance1 = "instance",
}
local function word(kind) return WORDS[kind] or kind end

local MILLION = 1000000

-- how often a short operation is done in a block
local SHORT = 20000

for _, kind in ipairs {
  { "float", 1.3, 1.8 }, { "int", 1.5, 2 }, { "list", 1.5, 2 }, { "dict", 1.5, 2 }, { "tuple2", 1.5, 2 },
  { "list3", 1.05, 1.4 }, { "dict1", 1.2, 1.7 }, { "set", 2, 2.5 }, { "instance1", 1.8, 2.5 },
} do
  add("create + destroy " .. word(kind[1]), "pair/" .. kind[1], SHORT, { ratio(kind[2], kind[3]) })
end

for _, kind in ipairs { { "float", 3 }, { "list", 2.5 }, { "dict1", 2.5 }, { "tuple2", 1.5 } } do
  add("create 1e6 " .. word(kind[1]), "build/" .. kind[1], MILLION, { ratio(kind[2], 4.5) })
end
for _, kind in ipairs { { "float", 2 }, { "list", 2 }, { "tuple2", 2 }, { "list3", 1.3 }, { "dict1", 1.3 } } do
  add("destroy 1e6 " .. word(kind[1]) .. " in order", "destroy/" .. kind[1], MILLION, { ratio(kind[2], 3) },
      { slow = kind[1] ~= "list" })
end
for _, kind in ipairs { "float", "list", "tuple2", "list3", "dict1" } do
  add("destroy 1e6 " .. word(kind) .. " at random", "scatter/" .. kind, MILLION, { ratio(0.9, 1.3) },
      { slow = kind ~= "list" })
end

add("incref + decref", "count", 100000, { ratio(0.95, 1.0) })
add("append 1e7", "append", 10 * MILLION, { ratio(1.05, 1.4) })
add("index", "index", 10000, { ratio(1.3, 1.6) })
add("intern hit", "intern", SHORT, { ratio(1.2, 1.5) })

for _, dict in ipairs {
  { "1e2", "insert/int", 100, 1.6, 2.2 }, { "1e2", "get/int", 100, 1.6, 2.2 },
  { "1e4", "insert/str", 10000, 1.2, 1.7 }, { "1e4", "get/str", 10000, 1.2, 1.7 },
  { "1e6", "insert/str", MILLION, 2, 2.5 }, { "1e6", "get/str", MILLION, 1.3, 1.7 },
} do
  add(("dict %s %s"):format(dict[1], dict[2]:match "^%a+"), dict[2], dict[3], { ratio(dict[4], dict[5], "cpython") },
      { slow = dict[3] == MILLION })
end

local SHAPES = {
  lists = "empty lists", ring = "ring", tree = "tree", ints = "lists of ints", dicts = "dicts of 3",
  near = "random near", far = "random far", shuffled = "shuffled ring", pairs = "pairs",
}

-- A full collection of n containers: with nothing to free (`collect`), of garbage (`garbage`).
local function collection(what, shape, size, goals, slow)
  add(("%s %s %s"):format(what == "collect" and "collect" or "free", size, SHAPES[shape]),
      what .. "/" .. shape, math.tointeger(tonumber(size)), goals, { slow = slow })
end

for _, size in ipairs { "1e4", "1e5" } do
  for _, shape in ipairs { "lists", "ring", "tree" } do
    collection("collect", shape, size, { ratio(1.25, 2) }, size == "1e5")
  end
  for _, shape in ipairs { "ints", "dicts", "far" } do
    collection("collect", shape, size, { ratio(1.7, 3) }, size == "1e5")
  end
end
collection("collect", "lists", "1e6", { ratio(2.3, 4), ratio(1.4, 2, "lua") })
for _, shape in ipairs { "ring", "tree" } do
  collection("collect", shape, "1e6", { ratio(3, 4), ratio(2, 3, "lua") })
end
collection("collect", "ints", "1e6", { ratio(3.5, 6), ratio(2, 3, "lua") })
collection("collect", "dicts", "1e6", { ratio(4, 6), ratio(2, 3, "lua") })
collection("collect", "near", "1e6", { ratio(2.4, 3.5) }, true)
collection("collect", "far", "1e6", { ratio(9, 16), ratio(3.5, 5, "lua") }, true)
collection("collect", "shuffled", "1e6", { ratio(6, 12) }, true)
collection("collect", "lists", "5e6", { ratio(2.3, 4) }, true)
collection("collect", "far", "5e6", { ratio(4.5, 8) }, true)

for _, size in ipairs { "1e4", "1e5" } do
  for _, shape in ipairs { "pairs", "ring", "shuffled", "near", "far" } do
    collection("garbage", shape, size, { ratio(1.8, 3) }, size == "1e5")
  end
end
for _, shape in ipairs { "pairs", "ring" } do collection("garbage", shape, "1e6", { ratio(3, 5) }) end
collection("garbage", "shuffled", "1e6", { ratio(6, 12) }, true)
collection("garbage", "far", "1e6", { ratio(8, 16) }, true)

for _, alive in ipairs { { "0", 1.6 }, { "1e5", 1.6 }, { "1e6", 1.8 } } do
  add("churn beside " .. alive[1], "churn", math.tointeger(tonumber(alive[1])), { ratio(alive[2], 2.2) })
end
add("destroy 1e6-deep nested list", "nested", MILLION, { ratio(3, 4.5) })

for _, kind in ipairs { { "list", 80, 74 }, { "float", 40, 40 }, { "dict1", 175, 165 } } do
  add("bytes of a " .. word(kind[1]), "bytes/" .. kind[1], 20 * MILLION, { limit(kind[2], kind[3]) }, { unit = "B" })
end

-- Scripts: the same statements on both sides.
for _, script in ipairs {
  { "cycle pair", { ratio(0.65, 1.0, "3.8"), ratio(0.6, 0.9, "3.11") } },
  { "list of 3" }, { "dict store" }, { "float arithmetic" }, { "attribute store" }, { "temporaries" },
} do
  rows[#rows + 1] = { name = "script: " .. script[1], script = script[1], unit = "ns", goals = script[2] or {} }
end
for _, call in ipairs { "empty call", "word", "method", "name read", "name store" } do
  rows[#rows + 1] = { name = "binding: " .. call, script = call, unit = "ns", goals = {} }
end

rows[#rows + 1] = { name = "the whole course", whole = "course", unit = "s", slow = true, goals = { limit(10, 10) } }
rows[#rows + 1] = { name = "start of the shell", whole = "shell", unit = "ms", goals = { limit(50, 50) } }
rows[#rows + 1] = { name = "a scenario's process", whole = "scenario", unit = "ms", goals = { limit(15, 15) } }

-- Ours alone, at growing sizes.
rows.growth = {
  { name = "growth: full collection, ring", work = "collect/ring" },
  { name = "growth: full collection, random far", work = "collect/far" },
  { name = "growth: full collection, garbage in pairs", work = "garbage/pairs" },
  { name = "growth: churn", work = "churn" },
  { name = "growth: replay", work = "replay" },
}
rows.sizes = { "1e3", "1e4", "1e5", "1e6", "1e7" }

return rows
