-- The chronicle of a run: which steps it has, what they show, and that recording one
-- changes nothing.

local lu = require "luaunit"
local json = require "dkjson"
local lab = require "lab"
local program = require "program"

-- The chronicle of a scenario of this text, with the files beside it.
local function chronicle_of(text, arguments, target)
  local folder <close> = program.folder { ["a.lua"] = text }
  local result = folder:run("step --output json " .. (arguments or "") .. " " .. (target or "a.lua"))
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  return json.decode(result.out), result.out
end

local function each(told, field)
  local values = {}
  for i, step in ipairs(told.steps) do values[i] = step[field] or false end
  return values
end

local function names_at(step)
  local names = {}
  for i, name in ipairs(step.moment.names) do names[i] = name.name .. " #" .. name.birth end
  return table.concat(names, ", ")
end

local CYCLE = [[
-- Two lists that hold each other.
--
-- The collector finds them.
scenario "a cycle"
step "made"
v1 = list{}
v2 = list{v1}
v1:append(v2)
print("both", refcnt(v1))
del("v1", "v2")
step "collected"
gc.collect()
]]

TestSteps = {}

function TestSteps:test_are_the_states_before_lines_at_steps_and_at_the_end()
  local told = chronicle_of(CYCLE)
  lu.assertEquals(each(told, "line"), { 4, 5, 7, 8, 9, 11, 12, 12 })
  lu.assertEquals(each(told, "kind"), { "line", "step", "line", "line", "line", "step", "end", "end" })
  lu.assertEquals(each(told, "number"), { 1, 2, 3, 4, 5, 6, 7, 8 })
  lu.assertEquals(told.steps[2].text, "made")
  lu.assertEquals(told.steps[2].place, "a.lua:5")
  lu.assertEquals(told.skipped_steps, 0)
end

function TestSteps:test_have_the_lines_as_they_are_written()
  local told = chronicle_of "-- A list.\nx = list{}\nif x then\n  x:append(x)\nend\n-- Its end.\n"
  lu.assertEquals(each(told, "line"), { 2, 3, 5, 5, 5 })
end

function TestSteps:test_have_the_names_and_objects_of_their_moment()
  local steps = chronicle_of(CYCLE).steps
  local names = {}
  for i, step in ipairs(steps) do names[i] = names_at(step) end
  lu.assertEquals(names, { "", "", "v1 #1", "v1 #1, v2 #2", "v1 #1, v2 #2", "", "", "" })
  lu.assertEquals(steps[4].moment.objects[1].text, "[]")
  lu.assertEquals(steps[5].moment.objects[1].text, "[[[...]]]")
  lu.assertEquals(steps[6].moment.objects[2].reach, "garbage")
  lu.assertEquals(#steps[7].moment.objects, 0)
end

function TestSteps:test_have_what_happened_and_was_printed_since_the_step_before()
  local steps = chronicle_of(CYCLE).steps
  local kinds = {}
  for i, event in ipairs(steps[3].events) do kinds[i] = event.kind end
  lu.assertEquals(kinds, { "created", "generation changed", "tracked" })
  lu.assertEquals(steps[3].events[1], { kind = "created", birth = 1, type = "list", origin = "fresh block" })
  lu.assertEquals(steps[6].output, "both\t2\n")
  local found = 0
  for _, event in ipairs(steps[7].events) do
    if event.kind == "destroyed" then
      lu.assertIsTrue(event.by_collector)
      found = found + 1
    elseif event.kind == "collection finished" then
      lu.assertEquals({ event.generation, event.collected }, { 2, 2 })
    end
  end
  lu.assertEquals(found, 2)
end

function TestSteps:test_tell_of_an_instance_by_its_class()
  local told = chronicle_of 'local Node = class("Node")\nn = Node()\nn = nil\nm = Node()\nlocal x'
  local types = {}
  for _, step in ipairs(told.steps) do
    for _, event in ipairs(step.events) do
      if event.kind == "created" then types[#types + 1] = event.type end
    end
  end
  lu.assertEquals(types, { "Node", "Node" })
end

function TestSteps:test_show_the_end_before_and_after_the_names_are_released()
  local steps = chronicle_of("v = list{}").steps
  lu.assertEquals({ steps[2].kind, names_at(steps[2]) }, { "end", "v #1" })
  lu.assertEquals({ steps[3].kind, names_at(steps[3]) }, { "end", "" })
end

function TestSteps:test_of_a_line_that_changes_nothing_are_none()
  local told = chronicle_of "local a = 1\nlocal b = 2\nrefcnt(None)\nlocal c = 3\nid(None)"
  lu.assertEquals(each(told, "line"), { 1, 5, 5 })
end

function TestSteps:test_see_items_that_change_places_without_any_count()
  local steps = chronicle_of("v = list{1, 2}\nv:reverse()\nlocal x = 1").steps
  lu.assertEquals(steps[2].moment.objects[#steps[2].moment.objects].text, "[1, 2]")
  lu.assertEquals(steps[3].moment.objects[#steps[3].moment.objects].text, "[2, 1]")
end

function TestSteps:test_of_a_loop_become_ever_fewer()
  local told = chronicle_of "l = list{}\nfor i = 1, 100 do\n  l:append(list{})\nend"
  local seen = {}
  for _, step in ipairs(told.steps) do
    if step.line == 2 and step.kind == "line" then seen[#seen + 1] = step.moment.births end
  end
  lu.assertEquals(seen, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 32, 64 })
  lu.assertEquals(told.skipped_steps, 100 - 17)
end

function TestSteps:test_are_never_more_than_1000_and_the_end_is_among_them()
  local lines = { "l = list{}" }
  for i = 2, 1500 do lines[i] = "l:append(1)" end
  local told = chronicle_of(table.concat(lines, "\n"))
  lu.assertEquals(#told.steps, 1000)
  lu.assertEquals(told.skipped_steps, 502)
  lu.assertEquals(told.steps[998].line, 998)
  lu.assertEquals({ told.steps[999].kind, told.steps[999].line, names_at(told.steps[999]) }, { "end", 1500, "l #1" })
  lu.assertEquals({ told.steps[1000].kind, names_at(told.steps[1000]) }, { "end", "" })
end

function TestSteps:test_are_taken_in_functions_frames_and_coroutines()
  local told = chronicle_of [[
local function f()
  a = list{}
  return 1
end
frame(f)
local co = coroutine.wrap(function()
  b = list{}
  coroutine.yield()
  c = list{}
end)
co()
co()]]
  lu.assertEquals(each(told, "line"), { 4, 3, 6, 8, 10, 10, 10 })
  lu.assertEquals(told.steps[2].moment.names[1], { name = "a", birth = 1, frame = 1 })
end

function TestSteps:test_are_taken_in_finalizers()
  local told = chronicle_of [[
local C = class("C", { __del__ = function()
  x = list{}
  local y
end })
c = C()
c = nil
local z]]
  local inside
  for _, step in ipairs(told.steps) do
    if step.line == 3 then inside = step end
  end
  lu.assertEquals(names_at(inside), "x #2")
  lu.assertEquals(inside.moment.objects[1].type, "C")
end

TestChronicle = {}

function TestChronicle:test_has_title_story_and_source()
  local told = chronicle_of(CYCLE)
  lu.assertEquals(told.title, "a cycle")
  lu.assertEquals(told.story, { "Two lists that hold each other.", "", "The collector finds them." })
  lu.assertEquals(told.source[4], 'scenario "a cycle"')
  lu.assertEquals({ told.file, told.profile, #told.source }, { "a.lua", "3.8", 12 })
  lu.assertEquals(told.outcome, { status = "passed", where = "", output = "" })
end

function TestChronicle:test_of_a_scenario_that_fails_ends_with_the_message()
  local told = chronicle_of "v = list{}\nexpect_refcnt(v, 2)\nw = list{}"
  lu.assertEquals(told.outcome.status, "failed")
  lu.assertStrContains(told.outcome.message, "a.lua:2: AssertionError")
  lu.assertEquals(told.steps[#told.steps].line, 2)
end

function TestChronicle:test_of_a_scenario_that_never_ends_goes_up_to_the_time_limit()
  local told = chronicle_of([[
v = list{}
local co = coroutine.wrap(function()
  while true do v:append(1) end
end)
co()]], "--timeout 0.5")
  lu.assertEquals(told.outcome.status, "timed out")
  lu.assertEquals(told.outcome.message, "timed out after 0.5 s at a.lua:3")
  lu.assertEquals(told.steps[2].line, 2)
  lu.assertTrue(#told.steps > 16)
  lu.assertEquals(told.steps[#told.steps].kind, "end")
end

function TestChronicle:test_of_a_scenario_whose_limit_is_reached_in_c_has_the_steps_so_far()
  local told = chronicle_of("v = list{}\nw = list{}\nlocal s = ('a'):rep(300000)\ns:find('.-.-.-.-b')", "--timeout 0.5")
  lu.assertEquals(told.outcome.message, "timed out after 0.5 s at a.lua:4")
  lu.assertEquals(names_at(told.steps[#told.steps]), "v #1, w #2")
end

function TestChronicle:test_of_a_scenario_that_crashes_has_the_steps_so_far()
  local told = chronicle_of("v = list{}\nprint 'last words'\nos.execute 'kill -KILL $PPID'", "--trusted")
  lu.assertEquals(told.outcome.status, "crashed")
  lu.assertEquals(told.outcome.output, "last words\n")
  lu.assertEquals(names_at(told.steps[2]), "v #1")
end

function TestChronicle:test_of_a_scenario_that_is_no_lua_has_no_steps()
  local told = chronicle_of "v = = 1"
  lu.assertEquals(#told.steps, 0)
  lu.assertStrContains(told.outcome.message, "syntax error: a.lua:1")
end

function TestChronicle:test_is_the_same_with_a_little_memory()
  local told = chronicle_of("l = list{}\nwhile true do\n  l:append(list{1})\nend", "--max-memory 64M")
  lu.assertEquals(told.outcome.status, "out of memory")
  lu.assertStrContains(told.outcome.message, "a.lua:3: MemoryError")
end

function TestChronicle:test_is_of_one_of_a_files_tests()
  local text = "function test_one() v = list{1} local x end\nfunction test_two() w = list{2}\n local x end\n"
               .. "function setup() s = list{3} end"
  local told = chronicle_of(text, "", "a.lua::test_two")
  lu.assertEquals(told.test, "test_two")
  lu.assertEquals(names_at(told.steps[#told.steps - 1]), "s #1, w #2")
  local folder <close> = program.folder { ["a.lua"] = text }
  local result = folder:run "step --output json a.lua"
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.err, "refchain: a.lua: name one of its tests:\n"
                              .. "  a.lua::test_one\n  a.lua::test_two\n")
  local wrong = folder:run "step --output json a.lua::test_three"
  lu.assertStrContains(wrong.err, "no test is called 'test_three'; there are:\n")
end

function TestChronicle:test_has_diagnostics_among_what_is_printed()
  local told = chronicle_of [[
local C = class("C", {__del__ = function() error "lost" end})
c = C()
c = nil
print "on"]]
  local all = ""
  for _, step in ipairs(told.steps) do all = all .. step.output end
  lu.assertStrMatches(all, "Exception ignored in.*on\n")
end

function TestChronicle:test_cuts_what_is_printed_without_end()
  local told = chronicle_of 'for i = 1, 100000 do\n  print("some twenty bytes of text")\nend\nv = list{}'
  local all = ""
  for _, step in ipairs(told.steps) do all = all .. step.output end
  lu.assertTrue(#all < 10000)
  lu.assertStrMatches(all, ".*… %(and %d+ more bytes%)\n")
end

function TestChronicle:test_is_on_the_profile_asked_for()
  local told = chronicle_of("v = float(1)", "--profile 3.13 --set float_free=0")
  lu.assertEquals(told.profile, "3.13 with float_free = 0")
  lu.assertNil(told.steps[1].moment.caches.float_free)
end

function TestChronicle:test_is_the_same_bytes_on_every_run()
  local _, first = chronicle_of(CYCLE)
  local _, second = chronicle_of(CYCLE)
  lu.assertTrue(first == second)
end

function TestChronicle:test_of_a_million_objects_is_small_and_takes_seconds()
  local code = "l = list{}\nfor i = 1, 1000000 do\n  l:append(float(i))\nend\nl = nil"
  local started = os.time()
  local told, text = chronicle_of(code)
  lu.assertEquals(told.outcome.status, "passed")
  lu.assertTrue(os.time() - started < 60, os.time() - started)        -- it is 2 s; sanitizers take longer
  lu.assertTrue(#text < 3000000, #text)
  lu.assertEquals(#told.steps[#told.steps].moment.objects, 0)
end

TestRecording = {}

-- What a scenario could see of its heap at its end: births, and the sum of all the rest.
local CLOSING = [[

do
  local sum = 0
  local function take(...)
    local values = table.pack(...)
    for i = 1, values.n do
      local text = tostring(values[i]) .. ";"
      for at = 1, #text do sum = (sum * 31 + text:byte(at)) % 0x100000000 end
    end
  end
  take(gc.get_count())
  take(gc.get_threshold())
  for _, group in ipairs { heap.stats(), heap.memory(), heap.caches() } do
    for name, value in pairs(group) do
      take(name)
      if type(value) ~= "table" then value = { value } end
      for field, number in pairs(value) do take(field, number) end
    end
  end
  for _, generation in ipairs(heap.generations()) do
    take(generation.generation, generation.count, generation.size)
  end
  for _, record in ipairs(heap.snapshot()) do
    take(record.birth, record.type, record.id, record.refcount, record.generation, record.origin, record.repr)
  end
  print("births", heap.stats().births, "sum", sum)
end
]]

-- What a run prints, with and without a chronicle.
local function compare(text)
  local folder <close> = program.folder { ["a.lua"] = text }
  local result = folder:run "run --output json a.lua"
  local plain = json.decode(result.out).tests[1]
  local told = json.decode(folder:run("step --output json a.lua").out)
  local all = {}
  for i, step in ipairs(told.steps) do all[i] = step.output end
  lu.assertEquals(table.concat(all), plain.output)
  lu.assertEquals({ told.outcome.status, told.outcome.message }, { plain.status, plain.message })
  return plain
end

function TestRecording:test_changes_nothing_that_a_scenario_sees()
  local seen = compare([[
local Node = class("Node", { __del__ = function(self) seen = list{1, 2} print("finalized", refcnt(self)) end })
for i = 1, 50 do
  local a, b = list{i, "x" .. i}, dict{k = i}
  a:append(b) b:set("a", a)
  keep = a
  n = Node()
  n.self = n
  list{}
end
frame(function() local t = tuple{1, 2} q = t return t end)
gc.collect(0)
heap.on("destroyed", function(event) if event.type == "float" then print("told", event.birth) end end)
f = float(2)
f = nil
local co = coroutine.wrap(function() z = list{1} coroutine.yield(list{2}) error "gone" end)
co()
print(pcall(co))
pcall(function() keep[100000] = 1 end)
weak = weakref.ref(n)
n = nil
gc.collect()
print(weak())
]] .. CLOSING)
  lu.assertEquals(seen.status, "passed")
  lu.assertStrContains(seen.output, "told\t")
end

function TestRecording:test_leaves_to_the_next_word_what_an_error_left_behind()
  local seen = compare([[
gc.set_threshold(3, 10, 10)
local C = class("C")
for i = 1, 40 do
  local ok = pcall(function()
    local x = list{list{}, list{}}
    x:index(i)
  end)
  local co = coroutine.create(function()
    local t = list{C()}
    t:remove(t)
  end)
  print(ok, coroutine.resume(co))
  local y = 1
  d = dict{a = i}
end
]] .. CLOSING)
  lu.assertEquals(seen.status, "passed")
end

function TestRecording:test_changes_nothing_in_a_deferred_collection()
  local folder <close> = program.folder { ["a.lua"] = [[
gc.set_threshold(5, 2, 2)
local C = class("C", { __del__ = function() print("finalized") more = list{list{}} end })
for i = 1, 60 do
  local c = C()
  c.me = c
  local l = list{c}
  pcall(function() return l[10] end)
  local z = i
end
]] .. CLOSING }
  local plain = json.decode(folder:run("run --profile 3.13 --output json a.lua").out).tests[1]
  local told = json.decode(folder:run("step --profile 3.13 --output json a.lua").out)
  local all = {}
  for i, step in ipairs(told.steps) do all[i] = step.output end
  lu.assertEquals(table.concat(all), plain.output)
end

-- With what it sees at its end, the whole course: what it prints in `run` and in `step`.
function TestRecording:test_changes_nothing_in_the_whole_course()
  local folder <close> = program.folder()
  local list <close> = io.popen "ls scenarios/*/*.lua"
  local names = {}
  for path in list:lines() do
    local file <close> = assert(io.open(path))
    local name = path:gsub("^scenarios/", "")
    names[#names + 1] = name
    folder:write(name, file:read "a" .. CLOSING)
  end
  lu.assertTrue(#names > 100)
  local tests = json.decode(folder:run("run --output json " .. table.concat(names, " ")).out).tests
  for i, name in ipairs(names) do
    local result = folder:run("step --plain " .. name, "last\noutput\n")
    local printed = result.out:match ".*\ncaches: [^\n]*\n(.*)$":gsub("^not shown: [^\n]*\n", "")
    lu.assertEquals({ tests[i].file, tests[i].status }, { name, "passed" })
    lu.assertEquals(printed, (tests[i].output:gsub("\t", "    ")))
  end
end

lab.finish()
