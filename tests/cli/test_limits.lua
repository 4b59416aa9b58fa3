-- Scenarios that crash, never end, or eat memory: each is one failure, with its reason,
-- file and line, and the rest runs on.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

-- Run `code` with a good scenario beside it; what is said of it.
local function failure(code, arguments)
  local folder <close> = program.folder { ["a.lua"] = code, ["b.lua"] = "expect(true)" }
  local result = folder:run("run a.lua b.lua " .. (arguments or "--timeout 0.5"))
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "ok    b.lua\n\n1 passed, 1 failed\n")
  return result.out
end

TestTime = {}

function TestTime:test_an_endless_loop()
  lu.assertStrContains(failure "local x\nwhile true do end", "timed out after 0.5 s at a.lua:2\n")
end

function TestTime:test_an_endless_loop_inside_pcall()
  lu.assertStrContains(failure "while true do\n  pcall(function()\n    while true do end\n  end)\nend",
                       "timed out after 0.5 s at a.lua:3\n")
end

function TestTime:test_an_endless_loop_inside_a_message_handler()
  local out = failure "xpcall(error, function()\n  while true do end\nend)"
  lu.assertStrContains(out, "timed out after 0.5 s at a.lua:2\n")
end

function TestTime:test_an_endless_loop_inside_a_coroutine()
  lu.assertStrContains(failure "local co = coroutine.wrap(function()\n  while true do end\nend)\nco()",
                       "timed out after 0.5 s at a.lua:2\n")
end

function TestTime:test_an_endless_loop_in_a_coroutine_inside_a_coroutine()
  local out = failure [[
local inner = coroutine.create(function()
  while true do end
end)
local outer = coroutine.wrap(function()
  while true do coroutine.resume(inner) end
end)
outer()]]
  lu.assertStrContains(out, "timed out after 0.5 s at a.lua:2\n")
end

function TestTime:test_an_endless_loop_that_makes_coroutines()
  local out = failure [[
while true do
  coroutine.wrap(function() coroutine.yield() end)()
end]]
  lu.assertStrMatches(out, ".*timed out after 0.5 s at a.lua:[12]\n.*")
end

function TestTime:test_an_endless_loop_in_a_close_variable()
  local out = failure [[
local guard <close> = setmetatable({}, { __close = function() while true do end end })
error "x"]]
  lu.assertStrContains(out, "timed out after 0.5 s at a.lua:1\n")
end

function TestTime:test_an_endless_loop_in_a_finalizer()
  local out = failure [[
local Node = class("Node", { __del__ = function()
  while true do end
end })
n = Node()
n = nil]]
  lu.assertStrContains(out, "timed out after 0.5 s at a.lua:2\n")
end

function TestTime:test_a_c_function_that_does_not_return()
  lu.assertStrContains(failure "local s = ('a'):rep(300000)\ns:find('.-.-.-.-b')",
                       "timed out after 0.5 s at a.lua:2\n")
end

function TestTime:test_a_c_function_that_does_not_return_inside_a_coroutine()
  local out = failure [[
local s = ("a"):rep(300000)
local co = coroutine.create(function()
  return s:find ".-.-.-.-b"
end)
coroutine.resume(co)]]
  lu.assertStrContains(out, "timed out after 0.5 s at a.lua:3\n")
end

function TestTime:test_an_endless_loop_deep_inside_a_word()
  local out = failure [[
local t, u = {}, {}
for i = 1, 200000 do t = { t } u = { u } end
while true do
  pcall(assertEquals, t, u)
end]]
  lu.assertStrContains(out, "timed out after 0.5 s at a.lua:4\n")
end

function TestTime:test_the_story_so_far_is_told()
  lu.assertStrContains(failure 'step "now it hangs"\nwhile true do end', "after the step: now it hangs\n")
end

function TestTime:test_is_for_setup_test_and_teardown_together()
  local folder <close> = program.folder {
    ["a.lua"] = "function test_x() while true do end end\nfunction teardown() while true do end end",
  }
  local result = folder:run "run --timeout 0.5 a.lua"
  lu.assertStrContains(result.out, "timed out after 0.5 s at a.lua:1\n")
end

TestMemory = {}

function TestMemory:test_strings_of_lua()
  lu.assertStrContains(failure("local s = 'x'\nwhile true do s = s .. s end", "--max-memory 64M"),
                       "out of memory (the limit is 64 MiB) at a.lua:2\n")
end

function TestMemory:test_tables_of_lua()
  local code = "local t = {}\nfor i = 1, math.huge do\n  t[i] = {}\nend"
  lu.assertStrContains(failure(code, "--max-memory 64M"),
                       "out of memory (the limit is 64 MiB) at a.lua:3\n")
end

function TestMemory:test_coroutines()
  for _, limit in ipairs { 20, 21, 22, 23 } do
    local code = "local t = {}\nwhile true do\n  t[#t + 1] = coroutine.create(print)\nend"
    lu.assertStrContains(failure(code, ("--max-memory %dM"):format(limit)), "MiB) at a.lua:3\n")
  end
end

function TestMemory:test_what_a_global_keeps_until_the_end()
  lu.assertStrContains(failure("t = {}\nwhile true do t[#t + 1] = {} end", "--max-memory 64M"),
                       "out of memory (the limit is 64 MiB) at a.lua:2\n")
end

function TestMemory:test_heap_objects()
  lu.assertStrContains(failure("l = list{}\nwhile true do\n  l:append(list{1})\nend", "--max-memory 64M"),
                       "a.lua:3: MemoryError")
end

function TestMemory:test_deep_inside_a_word()
  local out = failure("local t = {}\nfor i = 1, 9000 do t = { t } end\nlocal u = {}\nwhile true do\n"
                      .. "  u[#u + 1] = ('x'):rep(1000) .. #u expect_eq(t, t)\nend", "--max-memory 64M")
  lu.assertStrContains(out, "out of memory (the limit is 64 MiB) at a.lua:5\n")
end

-- What a scenario says passes through our process, which must not keep all of it.
local function greatest_size(code)
  local folder <close> = program.folder { ["a.lua"] = code }
  local result = folder:shell [[
"$REFCHAIN" run --timeout 3 a.lua >said & pid=$!
sleep 2.5; grep VmHWM /proc/$pid/status; wait $pid]]
  local sanitized = folder:shell [[grep -q __asan_init "$REFCHAIN"]].status == 0   -- keeps what is freed
  return sanitized and 0 or tonumber(result.out:match "(%d+) kB"), folder:read "said"
end

function TestMemory:test_of_the_parent_is_not_for_endless_stories()
  for _, code in ipairs {
    "local s = ('x'):rep(1 << 20)\nwhile true do step(s) end", "while true do step 'x' print 'y' end",
  } do
    local kilobytes, said = greatest_size(code)
    lu.assertTrue(kilobytes < 200000, kilobytes)
    lu.assertStrContains(said, "timed out after 3 s")
    lu.assertStrContains(said, "more steps and lines)")
  end
end

function TestMemory:test_of_the_parent_is_not_for_endless_messages()
  local out = failure("error(('\u{20AC}'):rep(10 << 20))", "--timeout 30")
  lu.assertStrContains(out, "a.lua:1: \u{20AC}\u{20AC}")
  lu.assertStrMatches(out, ".*\u{20AC}… %(and %d+ more bytes%)\n.*")
  lu.assertTrue(#out < 70000)
end

function TestMemory:test_of_many_heaps()
  local out = failure("local all = {}\nwhile true do all[#all + 1] = heap.new{} end", "--max-memory 64M --timeout 20")
  local found = out:find("a.lua:2: MemoryError: ", 1, true) or out:find "out of memory .* at a.lua:2\n"
  lu.assertNotNil(found, out)
end

function TestMemory:test_it_can_be_caught_and_the_scenario_goes_on()
  local folder <close> = program.folder {
    ["a.lua"] = [[
local done = pcall(function() local s = "x" while true do s = s .. s end end)
expect(not done)
l = list{}
expect_error("MemoryError", function() while true do l:append(list{1}) end end)
l = nil
v = list{1, 2}
expect_refcnt(v, 1)]],
  }
  local result = folder:run "run --max-memory 64M a.lua"
  lu.assertEquals(result.out, "ok    a.lua\n\n1 passed, 0 failed\n")
end

function TestMemory:test_runaway_recursion_is_an_error_of_lua()
  lu.assertStrContains(failure "local function f()\n  return 1 + f()\nend\nf()", "a.lua:2: stack overflow")
end

TestCrash = {}

function TestCrash:test_names_signal_file_and_line()
  local out = failure("local x\nos.execute 'kill -SEGV $PPID'", "--trusted")
  lu.assertStrContains(out, "crashed: ")
  if not out:find("Sanitizer", 1, true) then
    lu.assertStrContains(out, "crashed: SIGSEGV (segmentation fault) at a.lua:2")
  end
end

function TestCrash:test_a_killed_process()
  lu.assertStrContains(failure("os.execute 'kill -KILL $PPID'", "--trusted"), "crashed: SIGKILL (killed)")
end

function TestCrash:test_a_process_that_ends_itself()
  lu.assertStrContains(failure("os.exit(3)", "--trusted"), "the process ended by itself, with status 3")
end

function TestCrash:test_what_was_printed_before_is_shown()
  lu.assertStrContains(failure("print 'last words'\nos.execute 'kill -SEGV $PPID'", "--trusted"),
                       "| last words\n")
end

function TestCrash:test_what_a_scenario_leaves_running_is_ended()
  local folder <close> = program.folder { ["a.lua"] = "os.execute 'sleep 60 & echo $! > pid'" }
  lu.assertEquals(folder:run("run --trusted a.lua").status, 0)
  local state = folder:shell("sleep 0.2; grep -s ^State: /proc/$(cat pid)/status").out
  lu.assertTrue(state == "" or state:find "zombie" ~= nil, state)
end

lab.finish()
