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

TestAll = {}

-- Broken text: a byte that is no UTF-8 between characters that are, and what XML forbids.
local BROKEN = {
  ["a.lua"] = 'scenario "t\\t\\r\\u{E9}\\xFF\\u{E9}" print "\\u{E9}\\xE2\\x82\\u{E9}\\u{FFFE}\\u{FFFF}\\rx" '
              .. 'error "m\\xFF\\u{E9}\\tx"',
}

local function run_broken(format)
  local folder <close> = program.folder(BROKEN)
  return folder:run("run --output " .. format .. " a.lua").out
end

function TestAll:test_replace_only_what_is_no_utf8()
  local test = json.decode(run_broken "json").tests[1]
  lu.assertEquals(test.title, "t\t\r\u{E9}\u{FFFD}\u{E9}")
  lu.assertEquals(test.output, "\u{E9}\u{FFFD}\u{E9}\u{FFFE}\u{FFFF}\rx\n")
  lu.assertEquals(test.message, "a.lua:1: m\u{FFFD}\u{E9}\tx")
  local tap = run_broken "tap"
  lu.assertStrContains(tap, "not ok 1 - a.lua: t\t\\x0D\u{E9}\u{FFFD}\u{E9}\n")
  lu.assertIsNumber(utf8.len(tap))
end

function TestAll:test_junit_has_only_characters_of_xml()
  local out = run_broken "junit"
  lu.assertStrContains(out, 'name="t&#9;&#13;\u{E9}\u{FFFD}\u{E9}"')
  lu.assertStrContains(out, "<system-out>\u{E9}\u{FFFD}\u{E9}\u{FFFD}\u{FFFD}&#13;x\n</system-out>")
  lu.assertStrContains(out, 'message="a.lua:1: m\u{FFFD}\u{E9}&#9;x"')
end

function TestAll:test_are_whole_when_nothing_runs()
  local folder <close> = program.folder { ["s/x.txt"] = "" }
  local tap, junit, report = folder:run "run -o tap s", folder:run "run -o junit s", folder:run "run -o json s"
  lu.assertEquals({ tap.status, junit.status, report.status }, { 5, 5, 5 })
  lu.assertEquals(tap.out, "TAP version 13\n1..0\n")
  lu.assertStrMatches(junit.out, '<%?xml [^\n]*\n<testsuites tests="0" [^>]*>\n</testsuites>\n')
  lu.assertStrContains(report.out, '"tests":[]')
  lu.assertEquals(json.decode(report.out).summary.total, 0)
end

lab.finish()
