-- `refchain run --out DIR`, and what becomes of pictures where Graphviz is missing, hangs
-- or fails.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local CYCLE = [[
v1 = list{11}
v2 = list{v1}
v1:append(v2)
heap.svg()
del("v1", "v2")
heap.dot()
heap.svg "generations"
]]

local function files(folder, path)
  local found = folder:shell("ls -A " .. path).out
  return (found:gsub("\n", " "))
end

-- A `dot` that does this, first on the PATH.
local function with_dot(folder, script)
  folder:write("bin/dot", "#!/bin/sh\n" .. script)
  folder:shell "chmod +x bin/dot"
  return 'PATH="$PWD/bin:$PATH" $REFCHAIN '
end

TestOut = {}

function TestOut:test_each_picture_becomes_a_file_in_the_order_of_its_making()
  local folder <close> = program.folder { ["s/cycle.lua"] = CYCLE }
  local result = folder:run "run --out pictures s/cycle.lua"
  lu.assertEquals(result.status, 0)
  lu.assertEquals(files(folder, "pictures"), "s-cycle-1.svg s-cycle-2.dot s-cycle-3.svg ")
  lu.assertStrContains(folder:read "pictures/s-cycle-1.svg", "<svg ")
  lu.assertStrContains(folder:read "pictures/s-cycle-2.dot", "garbage")
end

function TestOut:test_the_same_bytes_each_time()
  local folder <close> = program.folder { ["cycle.lua"] = CYCLE }
  folder:run "run --out a cycle.lua"
  folder:run "run --out b cycle.lua"
  lu.assertEquals(folder:shell("diff -r a b && echo same").out, "same\n")
end

function TestOut:test_several_tests_and_profiles_have_files_of_their_own()
  local folder <close> = program.folder {
    ["t.lua"] = "function test_a() x = list{} heap.dot() end function test_b() heap.dot() end",
  }
  folder:run "run --out p --profile 3.8,3.13 t.lua"
  lu.assertEquals(files(folder, "p"), "t-test_a.3.13-1.dot t-test_a.3.8-1.dot t-test_b.3.13-1.dot t-test_b.3.8-1.dot ")
end

function TestOut:test_without_it_nothing_is_written()
  local folder <close> = program.folder { ["cycle.lua"] = CYCLE }
  lu.assertEquals(folder:run("run cycle.lua").status, 0)
  lu.assertEquals(files(folder, "."), ".err .in .out cycle.lua ")
end

function TestOut:test_a_folder_that_cannot_be()
  local folder <close> = program.folder { ["cycle.lua"] = CYCLE }
  local result = folder:run "run --out cycle.lua/x cycle.lua"
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "refchain: cycle.lua/x: ")
end

function TestOut:test_a_file_that_cannot_be_written_is_told()
  local folder <close> = program.folder { ["cycle.lua"] = CYCLE, ["p/cycle-2.dot/there"] = "" }
  local result = folder:run "run --out p cycle.lua"
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "not written: p/cycle-2.dot")
  lu.assertStrContains(folder:read "p/cycle-3.svg", "<svg ")
end

function TestOut:test_large_pictures_arrive_whole()
  local folder <close> = program.folder {
    ["large.lua"] = "a = list{} for i = 1, 149 do a:append(dict{name = string.rep('x', 50) .. i}) end "
                    .. "print(#heap.dot())",
  }
  local result = folder:run "run --out p large.lua"
  local size = tonumber(result.out:match "^(%d+)\n")
  lu.assertTrue(size > 10000)
  lu.assertEquals(#folder:read "p/large-1.dot", size)
end

function TestOut:test_a_thousand_pictures_are_enough()
  local folder <close> = program.folder { ["many.lua"] = "for i = 1, 1003 do heap.svg 'generations' end" }
  local result = folder:run "run --out p many.lua"
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "more than 1000 pictures")
  lu.assertEquals(folder:shell("ls p | wc -l").out, "1000\n")
end

TestGraphviz = {}

local OBJECTS = "a = list{1} print(heap.svg 'objects') print(heap.svg 'caches')"

function TestGraphviz:test_missing()
  local folder <close> = program.folder { ["a.lua"] = OBJECTS }
  local result = folder:shell "PATH=$PWD/nowhere $REFCHAIN run a.lua"
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "Graphviz&#39;s program dot is not on the PATH (Debian: graphviz).")
  lu.assertStrContains(result.out, "free list of lists")
end

function TestGraphviz:test_failing()
  local folder <close> = program.folder { ["a.lua"] = OBJECTS }
  local result = folder:shell(with_dot(folder, "echo complaint >&2; exit 3") .. "run a.lua")
  lu.assertEquals(result.status, 0)
  lu.assertEquals(result.err, "")
  lu.assertStrContains(result.out, "Graphviz&#39;s program dot failed: exit status 3.")
end

function TestGraphviz:test_talking_nonsense()
  local folder <close> = program.folder { ["a.lua"] = OBJECTS }
  local result = folder:shell(with_dot(folder, "echo hello") .. "run a.lua")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "dot has not said where the objects are.")
end

function TestGraphviz:test_hanging()
  local folder <close> = program.folder { ["a.lua"] = OBJECTS }
  local result = folder:shell(with_dot(folder, "sleep 60") .. "run a.lua")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "dot took longer than 5 seconds.")
end

function TestGraphviz:test_hanging_beyond_the_time_of_the_test()
  local folder <close> = program.folder { ["a.lua"] = OBJECTS }
  local result = folder:shell(with_dot(folder, "echo $$ >pid; exec sleep 60") .. "run --timeout 1 a.lua")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "timed out")
  -- gone, or dead and not yet buried
  lu.assertEquals(folder:shell("sleep 0.2; grep '^State:.*[RSD] ' /proc/$(cat pid)/status 2>/dev/null").out, "")
end

function TestGraphviz:test_no_scenario_starts_programs()
  local folder <close> = program.folder { ["a.lua"] = "expect_eq(core, nil) expect_eq(require, nil) heap.svg(';ls')" }
  local result = folder:run "run a.lua"
  lu.assertStrContains(result.out, "ValueError: heap.svg draws objects, refchain, generations, caches; not ';ls'")
end

lab.finish()
