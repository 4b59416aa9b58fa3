-- TAP, JUnit and JSON, as other programs read them.

local json = require "dkjson"
local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local FILES = {
  ["a.lua"] = 'scenario "good & <quick>"\nstep "one"\nexpect(true) expect(true)\nprint "said"',
  ["b.lua"] = 'scenario "bad"\nstep "two"\nprint("x < y & \\1")\nerror "boom \\"here\\""',
  ["c.lua"] = 'skip "no # need"',
  ["d.lua"] = "while true do end",
}

local function run(format, files)
  local folder <close> = program.folder(FILES)
  return folder:run(("run --timeout 0.5 --output %s %s"):format(format, files or "a.lua b.lua c.lua d.lua"))
end

TestJson = {}

function TestJson:test_holds_every_result()
  local result = run "json"
  lu.assertEquals(result.status, 1)
  local report = assert(json.decode(result.out))
  lu.assertEquals(report.summary, { total = 4, passed = 1, failed = 2, skipped = 1 })
  local good, bad, skipped, late = table.unpack(report.tests)
  lu.assertEquals(good.status, "passed")
  lu.assertEquals(good.title, "good & <quick>")
  lu.assertEquals(good.file, "a.lua")
  lu.assertEquals(good.profile, "3.8")
  lu.assertEquals(good.expectations, 2)
  lu.assertEquals(good.steps, 1)
  lu.assertEquals(good.output, "said\n")
  lu.assertIsNumber(good.seconds)
  lu.assertEquals(bad.status, "failed")
  lu.assertEquals(bad.message, 'b.lua:4: boom "here"')
  lu.assertEquals(bad.step, "two")
  lu.assertEquals(skipped.status, "skipped")
  lu.assertEquals(skipped.message, "no # need")
  lu.assertEquals(late.status, "timed out")
end

function TestJson:test_is_whole_when_no_test_fails()
  local result = run("json", "a.lua")
  lu.assertEquals(result.status, 0)
  lu.assertEquals(#json.decode(result.out).tests, 1)
end

TestTap = {}

function TestTap:test_has_a_line_for_each_and_the_plan_last()
  local result = run "tap"
  local lines = {}
  for line in result.out:gmatch "[^\n]+" do
    if not line:find "^ " then lines[#lines + 1] = line end
  end
  lu.assertEquals(lines, {
    "TAP version 13", "ok 1 - a.lua: good & <quick>", "not ok 2 - b.lua: bad",
    "ok 3 - c.lua # SKIP no # need", "not ok 4 - d.lua", "1..4",
  })
  lu.assertStrContains(result.out, '  ---\n  status: "failed"\n  message: "b.lua:4: boom')
end

TestJunit = {}

function TestJunit:test_counts_failures_errors_and_skips()
  local out = run("junit").out
  lu.assertStrMatches(out, '<%?xml version="1.0" encoding="UTF%-8"%?>\n<testsuites tests="4" failures="1" '
                           .. 'errors="1" skipped="1" time="[%d.]+">\n.*</testsuites>\n')
  lu.assertStrContains(out, '<testcase classname="a.lua" name="good &amp; &lt;quick&gt;" time=')
  lu.assertStrContains(out, '<failure type="failed" message="b.lua:4: boom &quot;here&quot;">')
  lu.assertStrContains(out, '<error type="timed out" message="timed out after 0.5 s at d.lua:1">')
  lu.assertStrContains(out, '<skipped message="no # need"/>')
  lu.assertStrContains(out, "<system-out>x &lt; y &amp; ?\n</system-out>")
end

function TestJunit:test_opens_and_closes_each_element()
  local open = {}
  for slash, name, rest in run("junit").out:gmatch "<(/?)([%a-]+)([^>]*)>" do
    if slash == "/" then
      lu.assertEquals(table.remove(open), name)
    elseif rest:sub(-1) ~= "/" then
      open[#open + 1] = name
    end
  end
  lu.assertEquals(open, {})
end

lab.finish()
