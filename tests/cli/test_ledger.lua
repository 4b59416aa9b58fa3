-- `refchain run --ledger[=SIZE]` and the shell's ledger, as a user meets them.

local json = require "dkjson"
local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"

local SCENARIO = [[
v1 = list{}
v2 = list{v1}
print(ledger(v1))
print(at(id(v1)))
]]

local TEXT = [[
list #1 is alive, with count 2 (made at a.lua:1): 4 changes of its count
  step  change  count  holder            reason     where
     1      +1      1  the running word  creation   a.lua:1
     2       0      1  temporary         temporary  a.lua:1
     3       0      1  name v1           name       a.lua:1
     5      +1      2  list #2           item       a.lua:2
1 object has lived at 0x200000001040:
  list #1, made at a.lua:1, alive
]]

local function run(arguments, text)
  local folder <close> = program.folder { ["a.lua"] = text or SCENARIO }
  return folder:run("run " .. arguments)
end

TestRun = {}

function TestRun:test_keeps_a_ledger_when_asked_to()
  for _, option in ipairs { "--ledger", "--ledger=4M", "--ledger=64k", "--ledger=1G" } do
    local result = run(option .. " a.lua")
    lu.assertEquals(result.err, "")
    lu.assertStrContains(result.out, TEXT)
    lu.assertEquals(result.status, 0)
  end
end

function TestRun:test_says_how_to_switch_it_on()
  local result = run "a.lua"
  lu.assertStrContains(result.out, "a.lua:3: RuntimeError: the ledger is off; switch it on with "
    .. "`refchain run --ledger`, or in Lua with refchain.new{ledger = true} (in ledger)")
  lu.assertEquals(result.status, 1)
end

function TestRun:test_takes_a_size_after_an_equals_sign_only()
  local result = run "--ledger 4M a.lua"
  lu.assertStrContains(result.err, "4M: No such file or directory")
  for _, size in ipairs { "0", "63k", "lots", "-1", "", "1T", "1e9" } do
    result = run("--ledger=" .. size .. " a.lua")
    lu.assertStrContains(result.err, ("'%s' is not a size such as 512K or 16M (from 64K on)"):format(size))
    lu.assertEquals(result.status, 2)
  end
end

function TestRun:test_a_full_ledger_says_what_it_has_forgotten()
  local result = run("--ledger=64k a.lua", "v1 = list{} for _ = 1, 10000 do v2 = v1 v2 = nil end print(ledger(v1))")
  lu.assertStrContains(result.out, "\nthe first 17,955 changes of the heap are forgotten\n")
  lu.assertEquals(result.status, 0)
end

function TestRun:test_each_test_of_a_file_has_its_own()
  local result = run("--ledger a.lua", [[
function test_one() a = list{} expect_eq(#ledger(a).changes, 3) end
function test_two() b = list{} expect_eq(ledger(b).changes[1].step, 1) end]])
  lu.assertStrContains(result.out, "2 passed, 0 failed")
end

-- Ids, counts and output are those of a run without it.
function TestRun:test_changes_nothing_that_the_course_shows()
  local told = {}
  for i, option in ipairs { "", "--ledger=128k" } do
    local folder <close> = program.folder {}
    local result = folder:shell(('cd "%s" && "$REFCHAIN" run %s --profile 2.7,3.8,3.13 --output json scenarios')
      :format(machine.here, option))
    local report = assert(json.decode(result.out), result.err)
    lu.assertTrue(#report.tests > 300)
    told[i] = {}
    for j, test in ipairs(report.tests) do
      test.seconds = nil
      told[i][j] = json.encode(test, { keyorder = { "file", "profile", "status" } })
    end
    lu.assertEquals(report.summary.failed, 0)
  end
  lu.assertEquals(told[2], told[1])
end

function TestRun:test_changes_no_id_and_no_count()
  local text = [[
math.randomseed(7)
local held = {}
for i = 1, 3000 do
  local name = "v" .. math.random(20)
  _G[name] = math.random(2) == 1 and list{i, 2.5} or dict{k = list{"text"}}
  if typename(_G[name]) == "list" then _G[name]:append(_G["v" .. math.random(20)] or None) end
  if i % 100 == 0 then print(id(_G[name]), refcnt(_G[name]), repr(_G[name]):len(), gc.get_count()) end
end
for _, x in ipairs(sys.getobjects(0)) do print(id(x), refcnt(x), birth(x), origin(x)) end]]
  for _, profile in ipairs { "2.7", "3.8", "3.13", "textbook" } do
    local without = run("--profile " .. profile .. " a.lua", text)
    local with = run("--ledger --profile " .. profile .. " a.lua", text)
    lu.assertStrContains(without.out, "1 passed, 0 failed")
    lu.assertTrue(#without.out > 10000)
    lu.assertTrue(without.out == with.out, profile)
  end
end

TestShell = {}

function TestShell:test_keeps_a_ledger()
  if not program.has_terminal then lu.skip "there is no script(1)" end
  local folder <close> = program.folder {}
  local result = folder:terminal("", [[printf 'v1 = list{}\nledger(v1)\n'; sleep 1; printf '\004']])
  lu.assertStrContains(result.out, "list #1 is alive, with count 1 (made at shell:1): 3 changes of its count")
  lu.assertStrContains(result.out, "     3       0      1  name v1           name       shell:1")
end

function TestShell:test_a_script_on_standard_input_is_a_run()
  local folder <close> = program.folder {}
  lu.assertStrContains(folder:run("", SCENARIO).err, "the ledger is off")
  lu.assertStrContains(folder:run("--ledger", SCENARIO).out, "list #1 is alive, with count 2 (made at stdin:1)")
end

lab.finish()
