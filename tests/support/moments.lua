-- Moments (what lab:moment gives) made by hand, for tests of pictures: from a short
-- notation, so that a test says only what it is about.

local moments = {}

local function defaults(birth, object)
  local made = {
    birth = birth, type = "list", id = 0x200000001000 + birth * 64, text = "[]", refcount = 1, generation = 0,
    origin = "fresh block", size = 56, items = 0, reach = "name",
  }
  for name, value in pairs(object) do made[name] = value end
  if made.atom then made.generation = nil end
  return made
end

-- `objects`: { [birth] = { fields } }; `names`: { "a", 1, "b", 2 }; `references`:
-- { { from, to[, label[, kind]] }, … }; `more`: fields of the moment.
function moments.new(objects, names, references, more)
  local births, moment = {}, {
    births = 0, live = 0, names = {}, temporaries = {}, objects = {}, references = {}, hidden = {}, refchain = {},
    generations = {
      { generation = 0, size = 0, count = 0, threshold = 700 },
      { generation = 1, size = 0, count = 0, threshold = 10 },
      { generation = 2, size = 0, count = 0, threshold = 10 }, { generation = "permanent", size = 0 },
    },
    caches = {
      small_ints = { size = 262, hits = 0, misses = 0 },
      float_free = { size = 1, capacity = 100, hits = 2, misses = 3 },
      list_free = { size = 80, capacity = 80, hits = 0, misses = 3 },
      tuple_free_1 = { size = 0, capacity = 2000, hits = 0, misses = 0 },
      tuple_free_2 = { size = 5, capacity = 2000, hits = 1, misses = 0 },
      characters = { size = 3, hits = 1, misses = 3 }, interned = { size = 7, hits = 4, misses = 7 },
    },
    collector = { enabled = true, debug = 0, long_lived_total = 0, long_lived_pending = 0, collections = 0,
                  collecting = false },
  }
  for birth in pairs(objects) do births[#births + 1] = birth end
  table.sort(births)
  for i, birth in ipairs(births) do
    moment.objects[i] = defaults(birth, objects[birth])
    local generation = moment.objects[i].generation
    if type(generation) == "number" then
      local row = moment.generations[generation + 1]
      row.size, row.count = row.size + 1, generation == 0 and row.count + 1 or row.count
    end
  end
  for i = #births, 1, -1 do
    if births[i] > 0 then table.insert(moment.refchain, births[i]) end
  end
  moment.births, moment.live = births[#births] or 0, #moment.refchain
  for i = 1, #names, 2 do
    table.insert(moment.names, { name = names[i], birth = names[i + 1], frame = 0 })
  end
  local places = {}
  for _, reference in ipairs(references) do
    local from, to, label, kind = table.unpack(reference)
    places[from] = (places[from] or -1) + 1
    table.insert(moment.references, { from = from, to = to, label = label or ("[%d]"):format(places[from]),
                                      kind = kind or "item" })
  end
  for name, value in pairs(more or {}) do moment[name] = value end
  return moment
end

function moments.int(value, fields)
  local object = { type = "int", text = tostring(value), atom = true, size = 28 }
  for name, field in pairs(fields or {}) do object[name] = field end
  return object
end

-- Two lists that hold each other: named, or garbage.
function moments.two_lists(garbage)
  local reach = garbage and "garbage" or "name"
  local count = garbage and 1 or 2
  return moments.new({
    { text = "[11, 22, [...]]", refcount = count, reach = reach, items = 3 },
    { text = "[44, [...]]", refcount = count, reach = reach, items = 2 },
    [-11] = moments.int(11, { refcount = 5, origin = "small-int pool" }), [-22] = moments.int(22, { refcount = 3 }),
    [-44] = moments.int(44, { refcount = 2 }),
  }, garbage and {} or { "v1", 1, "v2", 2 }, {
    { 1, -11 }, { 1, -22 }, { 1, 2 }, { 2, -44 }, { 2, 1 },
  })
end

-- The same numbers from 1 to what is asked for, for a seed.
function moments.numbers(seed)
  return function(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n + 1
  end
end

-- A heap of `count` objects chosen by `random`(n): 1 … n.
function moments.random(random, count)
  local objects, names, references = {}, {}, {}
  local types = { "list", "dict", "tuple", "Node", "set", "日本" }
  for birth = 1, count do
    if random(4) == 1 then
      objects[birth] = moments.int(random(1000), { refcount = random(5) })
    else
      objects[birth] = { type = types[random(#types)], refcount = random(5), generation = random(3) - 1,
                         reach = random(3) == 1 and "garbage" or "name" }
    end
  end
  for birth = 1, count do
    if not objects[birth].atom then
      for _ = 1, random(5) - 1 do
        local to = random(count)
        references[#references + 1] = { birth, to, nil, random(8) == 1 and not objects[to].atom and "weak" or nil }
      end
    end
    if random(4) == 1 then
      names[#names + 1] = ("n%d"):format(birth)
      names[#names + 1] = birth
    end
  end
  return moments.new(objects, names, references)
end

return moments
