-- A chronicle as lab.chronicle gives one, small and written by hand: five steps with two
-- lists that hold each other, a collection with its phases, and strings that would be
-- markup if they were not text.

local EVIL = "</script><b>bold</b><!-- <script>alert(1)</script> & \"'"

local function object(birth, refcount, fields)
  local made = {
    birth = birth, type = "list", id = 0x200000001000 + 64 * birth, text = ("[[...], %d]"):format(birth),
    refcount = refcount, generation = 0, origin = "fresh block", size = 88, items = 2, atom = false, reach = "name",
  }
  for name, value in pairs(fields or {}) do made[name] = value end
  return made
end

local function evil_object(refcount)
  return object(3, refcount, {
    type = "str", text = EVIL, atom = true, items = 0, generation = false, origin = "reused block",
  })
end

local function generations(first, second)
  return {
    { generation = 0, size = first, count = first, threshold = 700 },
    { generation = 1, size = second, count = 0, threshold = 10 },
    { generation = 2, size = 0, count = 0, threshold = 10 },
    { generation = "permanent", size = 0 },
  }
end

local function moment(names, objects, references, collections)
  local refchain = {}
  for i, each in ipairs(objects) do
    if each.generation == false then each.generation = nil end
    refchain[#objects - i + 1] = each.birth
  end
  return {
    births = 3, live = #objects, names = names, temporaries = {}, objects = objects, references = references,
    hidden = {}, refchain = refchain, generations = generations(collections and 0 or #objects, 0),
    caches = {
      small_ints = { size = 262, capacity = 262, hits = 4, misses = 0 },
      list_free = { size = collections and 2 or 0, capacity = 80, hits = 0, misses = 2 },
    },
    collector = {
      enabled = true, debug = 0, long_lived_total = 0, long_lived_pending = 0, collections = collections and 1 or 0,
      collecting = false,
    },
  }
end

local function name(text, birth) return { name = text, birth = birth, frame = 0 } end

local EACH_OTHER = {
  { from = 1, to = 2, kind = "item", label = "[0]" }, { from = 2, to = 1, kind = "item", label = "[0]" },
}

local function phase(title, objects)
  return { name = title, meaning = "What happens in " .. title .. ".", objects = objects }
end

local function row(birth, refs, verdict)
  return { birth = birth, type = "list", text = "[[...]]", refcount = 1, refs = refs, inside = 1, verdict = verdict }
end

-- A new one each time: tests change it.
return function()
  local two = moment({ name("left", 1), name("right", 2) }, { object(1, 1), object(2, 1) }, {})
  local linked = moment({ name("left", 1), name("right", 2), name("s", 3) },
                        { object(1, 2), object(2, 2), evil_object(1) }, EACH_OTHER)
  local garbage = moment({ name("s", 3) }, {
    object(1, 1, { reach = "garbage" }), object(2, 1, { reach = "garbage" }), evil_object(1),
  }, EACH_OTHER)
  local collected = moment({ name("s", 3) }, { evil_object(1) }, {}, true)
  local empty = moment({}, {}, {}, true)
  local function step(number, kind, line, shown, fields)
    local made = {
      number = number, kind = kind, line = line, place = "made/by_hand.lua:" .. line, output = "", events = {},
      collections = {}, moment = shown,
    }
    for key, value in pairs(fields or {}) do made[key] = value end
    return made
  end
  return {
    file = "made/by_hand.lua", title = "a cycle " .. EVIL, story = { "Two lists", "and " .. EVIL }, profile = "3.8",
    source = {
      "-- Two lists", "step \"both are there\"", "left:append(right)", "s = str \"" .. EVIL .. "\"",
      "del(\"left\", \"right\")", "gc.collect()",
    },
    outcome = { status = "passed", where = "", output = "" }, skipped_steps = 0,
    steps = {
      step(1, "step", 2, two, {
        text = "both are there",
        events = {
          { kind = "created", birth = 1, type = "list", origin = "fresh block" },
          { kind = "created", birth = 2, type = "list", origin = "fresh block" },
        },
      }),
      step(2, "line", 5, linked, { output = EVIL .. "\n" }),
      step(3, "step", 6, garbage, { text = "no name " .. EVIL }),
      step(4, "end", 6, collected, {
        text = "the end",
        events = {
          { kind = "destroyed", birth = 1, type = "list", by_collector = true },
          { kind = "destroyed", birth = 2, type = "list", by_collector = true },
        },
        collections = {
          { phase("subtract", { row(1, 0), row(2, 0) }), phase("delete", { row(1, 0, "unreachable") }) },
        },
      }),
      step(5, "end", 6, empty, {
        text = "the names are released", events = { { kind = "destroyed", birth = 3, type = "str" } },
      }),
    },
  }
end
