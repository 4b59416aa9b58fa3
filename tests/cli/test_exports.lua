-- `refchain run --events --perfetto --snapshot`: the files are read back.

local lu = require "luaunit"
local lab = require "lab"
local json = require "dkjson"
local program = require "program"

local STORY = [[
step "one"
v1 = list{11, "a'b\"\n"}
v2 = dict{k1 = v1}
v1:append(v2)
local Node = class("Node", {__del__ = function() end})
c = Node{x = 2.5}
_G["it's"] = c
step "two"
del("v1", "v2")
gc.collect()
for i = 1, 300 do v3 = list{i} end
v4 = list{}
v4:append(v4)
del "v4"
print(id(v3), heap.memory().used, gc.get_count())
]]

local function run(text, arguments)
  local folder = program.folder { ["a.lua"] = text }
  return folder, folder:run("run " .. arguments .. " a.lua")
end

local function good(text, arguments)
  local folder, result = run(text, arguments)
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  return folder, result
end

local function lines_of(folder, file)
  local found = {}
  for line in folder:read(file):gmatch "[^\n]+" do
    local value, _, problem = json.decode(line)
    lu.assertNotNil(value, problem)
    found[#found + 1] = value
  end
  return found
end

-- ------------------------------------------------------------------------------ events --

TestEvents = {}

function TestEvents:test_are_json_lines_numbered_in_order()
  local folder <close> = good(STORY, "--events e.jsonl")
  local events, counts, live = lines_of(folder, "e.jsonl"), {}, {}
  for i, event in ipairs(events) do
    lu.assertEquals(event.number, i)
    counts[event.event] = (counts[event.event] or 0) + 1
    if event.id then lu.assertStrMatches(event.id, "0x%x+") end
    if event.event == "created" then live[event.birth] = event end
    if event.event == "destroyed" then
      lu.assertEquals(live[event.birth].id, event.id)
      live[event.birth] = nil
    end
  end
  lu.assertEquals(counts.step, 2)
  lu.assertEquals(counts["collection started"], 1)
  lu.assertEquals(counts["collection finished"], 1)
  lu.assertEquals(counts["finalizer called"], 1)
  local left = {}
  for _, event in pairs(live) do left[#left + 1] = event.type end
  lu.assertItemsEquals(left, { "list", "str" })       -- v4's cycle; a character of the cache
end

function TestEvents:test_say_where_and_by_whom()
  local folder <close> = good("v1 = list{}\nv2 = list{v1}\nv1 = nil\nv2 = nil", "--events e.jsonl")
  local found = {}
  for _, event in ipairs(lines_of(folder, "e.jsonl")) do
    if event.birth == 1 and event.event == "count changed" then
      found[#found + 1] = ("%s %+d %s %s"):format(event.at, event.change, event.reason, event.holder or "-")
    elseif event.event == "destroyed" then
      found[#found + 1] = ("%s destroyed #%d by %s"):format(event.at, event.birth, event.by)
    end
  end
  lu.assertItemsEquals(found, {
    "a.lua:1 +1 creation -", "a.lua:1 +0 temporary -", "a.lua:1 +0 name v1", "a.lua:2 +1 item list #2",
    "a.lua:3 -1 name v1", "a.lua:4 -1 item list #2", "a.lua:4 destroyed #1 by count",
    "a.lua:4 destroyed #2 by count" })
end

function TestEvents:test_change_nothing_and_are_the_same_on_every_run()
  local plain <close>, without = good(STORY, "--seed 1")
  local folder <close>, with = good(STORY, "--events e.jsonl --perfetto e.json --snapshot s.json")
  lu.assertEquals(with.out, without.out)
  local again <close> = good(STORY, "--events e.jsonl --perfetto e.json --snapshot s.json")
  for _, file in ipairs { "e.jsonl", "e.json", "s.json" } do
    lu.assertEquals(again:read(file), folder:read(file))
  end
  lu.assertNotNil(plain)
end

function TestEvents:test_of_a_scenario_that_is_stopped_are_there_until_then()
  local folder <close>, result = run("v1 = list{}\nwhile true do v1:append(v1) v1:clear() end",
                                     "--timeout 0.5 --events e.jsonl")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(folder:read "e.jsonl", '"event":"created"')
end

function TestEvents:test_of_a_scenario_that_fails_are_whole()
  local folder <close>, result = run("v1 = list{} expect_refcnt(v1, 7)", "--events e.jsonl --snapshot s.json")
  lu.assertEquals(result.status, 1)
  lu.assertTrue(#lines_of(folder, "e.jsonl") > 3)
  lu.assertEquals(json.decode(folder:read "s.json").name, { { name = "v1", frame = 0, object = 1 } })
end

-- ------------------------------------------------------------------------------- trace --

TestTrace = {}

function TestTrace:test_has_collections_as_slices_and_counters_as_tracks()
  local folder <close> = good(STORY .. "gc.set_threshold(5) for i = 1, 20 do v3:append(list{}) end",
                              "--perfetto e.json")
  local trace = json.decode(folder:read "e.json")
  lu.assertEquals(trace.otherData.ts, "number of the event")
  local open, slices, tracks, marks, last = nil, 0, {}, {}, 0
  for _, entry in ipairs(trace.traceEvents) do
    if entry.ph ~= "M" then
      lu.assertTrue(entry.ts >= last)
      last = entry.ts
    end
    if entry.ph == "B" then
      lu.assertNil(open)
      open = entry.name
    elseif entry.ph == "E" then
      lu.assertEquals(entry.name, open)
      lu.assertIsNumber(entry.args.collected)
      open, slices = nil, slices + 1
    elseif entry.ph == "C" then tracks[entry.name] = (tracks[entry.name] or 0) + 1
    elseif entry.ph == "i" then marks[#marks + 1] = entry.name
    end
  end
  lu.assertNil(open)
  lu.assertTrue(slices >= 3)
  for _, name in ipairs { "live objects", "memory", "count of generation 0", "objects in generation 2" } do
    lu.assertTrue(tracks[name] > 5, name)
  end
  lu.assertStrContains(table.concat(marks, ";"), "one;two;finalizer called: Node #")
end

function TestTrace:test_of_a_trusted_scenario_has_the_clock()
  local folder <close> = good(STORY, "--trusted --perfetto e.json --events e.jsonl")
  lu.assertEquals(json.decode(folder:read "e.json").otherData.ts, "microseconds")
  lu.assertStrContains(folder:read "e.jsonl", '"nanoseconds":')
  local plain <close> = good(STORY, "--events e.jsonl")
  lu.assertNotStrContains(plain:read "e.jsonl", '"nanoseconds":')
end

-- ---------------------------------------------------------------------------- snapshot --

TestSnapshot = {}

local function by_birth(objects)
  local found = {}
  for _, object in ipairs(objects) do found[object.birth] = object end
  return found
end

function TestSnapshot:test_has_each_reference_that_counts()
  for _, profile in ipairs { "2.7", "3.8" } do
    local folder <close> = good(STORY, "--snapshot s.json --profile " .. profile)
    local snapshot = json.decode(folder:read "s.json", 1, json.null)
    lu.assertEquals(snapshot.profile, profile)
    local objects, counts = by_birth(snapshot.object), {}
    for _, reference in ipairs(snapshot.reference) do
      counts[reference.target] = (counts[reference.target] or 0) + 1
    end
    for birth, object in pairs(objects) do
      lu.assertEquals(counts[birth], object.refcount, profile .. " #" .. birth)
      lu.assertIsString(object.id)
    end
    lu.assertEquals(#snapshot.generation, 4)
    local names = {}
    for _, name in ipairs(snapshot.name) do names[name.name] = objects[name.object] end
    lu.assertEquals(names.v3.type, "list")
    lu.assertEquals(names["it's"].type, "Node")
    lu.assertEquals(names.c.reach, "name")
    local garbage = {}
    for _, object in ipairs(snapshot.object) do
      if object.reach == "garbage" then garbage[#garbage + 1] = object.type end
    end
    lu.assertEquals(garbage, { "list" })
  end
end

function TestSnapshot:test_texts_are_valid_whatever_they_hold()
  local folder <close> = good('_G["a\\255\\"\\\\\\n\\u{e9}"] = list{"x\\u{1F600}\\1"}', "--snapshot s.json")
  local snapshot = json.decode(folder:read "s.json")
  lu.assertEquals(snapshot.name[1].name, 'a\u{FFFD}"\\\n\u{e9}')
end

local function has_sqlite()
  return (os.execute "command -v sqlite3 >/dev/null 2>&1") == true
end

function TestSnapshot:test_may_be_an_sqlite_database()
  local folder <close> = good(STORY, "--snapshot s.sqlite")
  lu.assertEquals(folder:read "s.sqlite":sub(1, 15), "SQLite format 3")
  folder:run "run --snapshot s.sqlite a.lua"             -- made anew
  lu.skipIf(not has_sqlite(), "no sqlite3")
  local function ask(sql) return folder:shell(("sqlite3 s.sqlite \"%s\""):format(sql)).out end
  lu.assertEquals(ask "select type from object where reach = 'garbage'", "list\n")
  lu.assertEquals(ask "select name from name order by name", "c\nit's\nv3\n")
  lu.assertEquals(ask [[select count(*) from object o where refcount <>
                          (select count(*) from reference where target = o.birth)]], "0\n")
  lu.assertEquals(ask "select count(*) from generation", "4\n")
  lu.assertEquals(ask [[select o.repr from reference r join object o on o.birth = r.target
                          where r.place = 0 and r.source = (select object from name where name = 'v3')]], "300\n")
end

-- ------------------------------------------------------------------------------- files --

TestFiles = {}

function TestFiles:test_several_tests_go_to_a_folder()
  local folder <close> = program.folder { ["a.lua"] = "function test_x() v = list{} end\nfunction test_y() end",
                                          ["b.lua"] = "v = list{}" }
  local result = folder:run "run --events out/ --perfetto out/ --snapshot out/ a.lua b.lua"
  lu.assertEquals(result.err, "")
  local listed = folder:shell("ls out").out
  lu.assertEquals(listed, table.concat({
    "a-test_x.jsonl", "a-test_x.perfetto.json", "a-test_x.snapshot.json", "a-test_y.jsonl",
    "a-test_y.perfetto.json", "a-test_y.snapshot.json", "b.jsonl", "b.perfetto.json", "b.snapshot.json", "" }, "\n"))
end

function TestFiles:test_one_file_cannot_have_several_tests()
  local folder <close> = program.folder { ["a.lua"] = "function test_x() end\nfunction test_y() end" }
  local result = folder:run "run --events e.jsonl a.lua"
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "--events e.jsonl: a file holds one test's events; there are several tests: "
                       .. "give a folder, e.jsonl/")
  lu.assertEquals(folder:run("run --snapshot s.json a.lua a.lua").status, 2)
end

function TestFiles:test_standard_output_is_refused()
  local folder <close> = program.folder { ["a.lua"] = "print 'ran'" }
  for _, option in ipairs { "--events", "--perfetto", "--snapshot", "--record" } do
    local result = folder:run("run " .. option .. " - a.lua")
    lu.assertEquals({ result.status, result.out }, { 2, "" }, option)
    lu.assertStrContains(result.err, "refchain: -: a file or a folder is expected", false, option)
  end
  lu.assertEquals(folder:shell("ls").out, "a.lua\n")
  lu.assertEquals(folder:run("run --events ./- a.lua").status, 0)
end

function TestFiles:test_that_cannot_be_written_are_exit_status_2()
  local folder <close> = program.folder { ["a.lua"] = "v = list{}", ["there"] = "" }
  for _, arguments in ipairs { "--events there/e.jsonl", "--perfetto there/e", "--snapshot there/s.json",
                               "--snapshot there/s.sqlite" } do
    local result = folder:run("run " .. arguments .. " a.lua")
    lu.assertEquals(result.status, 2, arguments)
    lu.assertStrContains(result.err, "refchain: not exported: there/", false, arguments)
    lu.assertStrContains(result.out, "1 passed, 0 failed", false, arguments)
  end
  lu.skipIf(not os.execute "test -c /dev/full", "no /dev/full")
  local result = folder:run "run --events /dev/full a.lua"
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "No space left on device")
end

lab.finish()
