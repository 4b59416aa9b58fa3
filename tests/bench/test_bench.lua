-- What of the benchmark is no matter of time: rows and goals, statistics, what is told, the
-- programs' works, the driver's exit status.

package.path = "tests/bench/?.lua;tests/support/?.lua;" .. package.path

local lu = require "luaunit"
local lab = require "lab"
local json = require "dkjson"
local machine = require "machine"
local peers = require "peers"
local program = require "program"
local records = require "records"
local report = require "report"
local rows = require "rows"
local scripts = require "scripts"
local statements = require "statements"
local statistics = require "statistics"
local svg = require "svg"

local build = program.path:gsub("/refchain$", "")
local lua = build .. "/tests/lua"       -- the one that runs this
local ours = build .. "/bench/ours"
scripts.program = program.path

-- ------------------------------------------------------------------------ statistics --

TestStatistics = {}

function TestStatistics:test_the_median_of_an_odd_number_is_the_middle_one()
  lu.assertEquals(statistics.median { 9, 1, 5 }, 5)
end

function TestStatistics:test_the_median_of_an_even_number_lies_between_the_two_in_the_middle()
  lu.assertEquals(statistics.median { 4, 1, 3, 100 }, 3.5)
end

function TestStatistics:test_a_series_stays_in_its_order()
  local values = { 3, 1, 2 }
  statistics.median(values)
  lu.assertEquals(values, { 3, 1, 2 })
end

function TestStatistics:test_nothing_has_no_median()
  lu.assertErrorMsgContains("the median of nothing", statistics.median, {})
end

function TestStatistics:test_a_summary_has_the_least_and_the_greatest()
  local summary = statistics.summary { 3, 1, 2 }
  lu.assertEquals({ summary.least, summary.median, summary.greatest }, { 1, 2, 3 })
end

function TestStatistics:test_ratios_are_taken_round_by_round()
  lu.assertEquals(statistics.ratios({ 10, 30 }, { 5, 10 }), { 2, 3 })
  lu.assertErrorMsgContains("different lengths", statistics.ratios, { 1 }, { 1, 2 })
end

function TestStatistics:test_a_ratio_has_to_be_at_least_its_goal()
  local goal = { kind = "ratio", must = 1.5, stretch = 2 }
  lu.assertEquals(statistics.verdict(goal, 1.49), "missed")
  lu.assertEquals(statistics.verdict(goal, 1.5), "must")
  lu.assertEquals(statistics.verdict(goal, 1.99), "must")
  lu.assertEquals(statistics.verdict(goal, 2), "stretch")
end

function TestStatistics:test_a_limit_has_to_be_at_most_its_goal()
  local goal = { kind = "limit", must = 80, stretch = 74 }
  lu.assertEquals(statistics.verdict(goal, 80.5), "missed")
  lu.assertEquals(statistics.verdict(goal, 80), "must")
  lu.assertEquals(statistics.verdict(goal, 74), "stretch")
end

function TestStatistics:test_a_margin_is_above_one_where_a_goal_is_reached()
  lu.assertEquals(statistics.margin({ kind = "ratio", must = 2 }, 3), 1.5)
  lu.assertEquals(statistics.margin({ kind = "limit", must = 10 }, 5), 2)
end

-- ------------------------------------------------------------------------------ rows --

TestRows = {}

-- Every goal of the project: row, what it is against, must, stretch.
local GOALS = [[
create + destroy float|counting|1.3|1.8
create + destroy int|counting|1.5|2
create + destroy list|counting|1.5|2
create + destroy dict|counting|1.5|2
create + destroy tuple of 2|counting|1.5|2
create + destroy list of 3|counting|1.05|1.4
create + destroy dict of 1|counting|1.2|1.7
create + destroy set|counting|2|2.5
create + destroy instance|counting|1.8|2.5
create 1e6 float|counting|3|4.5
create 1e6 list|counting|2.5|4.5
create 1e6 dict of 1|counting|2.5|4.5
create 1e6 tuple of 2|counting|1.5|4.5
destroy 1e6 float in order|counting|2|3
destroy 1e6 list in order|counting|2|3
destroy 1e6 tuple of 2 in order|counting|2|3
destroy 1e6 list of 3 in order|counting|1.3|3
destroy 1e6 dict of 1 in order|counting|1.3|3
destroy 1e6 float at random|counting|0.9|1.3
destroy 1e6 list at random|counting|0.9|1.3
destroy 1e6 tuple of 2 at random|counting|0.9|1.3
destroy 1e6 list of 3 at random|counting|0.9|1.3
destroy 1e6 dict of 1 at random|counting|0.9|1.3
incref + decref|counting|0.95|1
append 1e7|counting|1.05|1.4
index|counting|1.3|1.6
intern hit|counting|1.2|1.5
dict 1e2 insert|cpython|1.6|2.2
dict 1e2 get|cpython|1.6|2.2
dict 1e4 insert|cpython|1.2|1.7
dict 1e4 get|cpython|1.2|1.7
dict 1e6 insert|cpython|2|2.5
dict 1e6 get|cpython|1.3|1.7
collect 1e4 empty lists|counting|1.25|2
collect 1e4 ring|counting|1.25|2
collect 1e4 tree|counting|1.25|2
collect 1e4 lists of ints|counting|1.7|3
collect 1e4 dicts of 3|counting|1.7|3
collect 1e4 random far|counting|1.7|3
collect 1e5 empty lists|counting|1.25|2
collect 1e5 ring|counting|1.25|2
collect 1e5 tree|counting|1.25|2
collect 1e5 lists of ints|counting|1.7|3
collect 1e5 dicts of 3|counting|1.7|3
collect 1e5 random far|counting|1.7|3
collect 1e6 empty lists|counting|2.3|4
collect 1e6 ring|counting|3|4
collect 1e6 tree|counting|3|4
collect 1e6 lists of ints|counting|3.5|6
collect 1e6 dicts of 3|counting|4|6
collect 1e6 random near|counting|2.4|3.5
collect 1e6 random far|counting|9|16
collect 1e6 shuffled ring|counting|6|12
collect 5e6 empty lists|counting|2.3|4
collect 5e6 random far|counting|4.5|8
free 1e6 pairs|counting|3|5
free 1e6 ring|counting|3|5
free 1e6 shuffled ring|counting|6|12
free 1e6 random far|counting|8|16
free 1e4 pairs|counting|1.8|3
free 1e4 ring|counting|1.8|3
free 1e4 shuffled ring|counting|1.8|3
free 1e4 random near|counting|1.8|3
free 1e4 random far|counting|1.8|3
free 1e5 pairs|counting|1.8|3
free 1e5 ring|counting|1.8|3
free 1e5 shuffled ring|counting|1.8|3
free 1e5 random near|counting|1.8|3
free 1e5 random far|counting|1.8|3
churn beside 0|counting|1.6|2.2
churn beside 1e5|counting|1.6|2.2
churn beside 1e6|counting|1.8|2.2
destroy 1e6-deep nested list|counting|3|4.5
bytes of a list|-|80|74
bytes of a float|-|40|40
bytes of a dict of 1|-|175|165
collect 1e6 empty lists|lua|1.4|2
collect 1e6 ring|lua|2|3
collect 1e6 tree|lua|2|3
collect 1e6 lists of ints|lua|2|3
collect 1e6 dicts of 3|lua|2|3
collect 1e6 random far|lua|3.5|5
script: cycle pair|3.8|0.65|1
script: cycle pair|3.11|0.6|0.9
the whole course|-|10|10
start of the shell|-|50|50
a scenario's process|-|15|15
]]

function TestRows:test_every_goal_has_its_row_and_no_other_is_there()
  local expected, found = {}, {}
  for line in GOALS:gmatch "[^\n]+" do expected[#expected + 1] = line end
  for _, row in ipairs(rows) do
    for _, goal in ipairs(row.goals) do
      found[#found + 1] = ("%s|%s|%g|%g"):format(row.name, goal.against or "-", goal.must, goal.stretch)
    end
  end
  table.sort(expected)
  table.sort(found)
  lu.assertEquals(found, expected)
end

function TestRows:test_a_size_is_the_one_that_the_name_says()
  for _, row in ipairs(rows) do
    local size = row.name:match "%d+e%d+" or row.name:match "beside (%d+)$"
    if size then lu.assertEquals(row.n, math.tointeger(tonumber(size)), row.name) end
  end
end

function TestRows:test_no_two_rows_are_called_the_same()
  local seen = {}
  for _, list in ipairs { rows, rows.growth } do
    for _, row in ipairs(list) do
      lu.assertNil(seen[row.name], row.name)
      seen[row.name] = true
    end
  end
end

function TestRows:test_a_stretch_is_at_least_a_must()
  for _, row in ipairs(rows) do
    for _, goal in ipairs(row.goals) do
      lu.assertNotEquals(statistics.verdict(goal, goal.stretch), "missed", row.name)
      lu.assertTrue(statistics.margin(goal, goal.stretch) >= 1, row.name)
    end
  end
end

function TestRows:test_our_program_knows_every_work()
  local known = {}
  for work in machine.output_of(machine.quote(ours) .. " --works"):gmatch "[^\n]+" do known[work] = true end
  for _, list in ipairs { rows, rows.growth } do
    for _, row in ipairs(list) do
      if row.work then lu.assertTrue(known[row.work], row.work) end
    end
  end
end

function TestRows:test_every_script_has_its_statements()
  for _, row in ipairs(rows) do
    if row.script then lu.assertNotNil(statements[row.script], row.script) end
    if row.script and row.name:find "^script" then lu.assertNotNil(statements[row.script].python, row.script) end
  end
end

-- ---------------------------------------------------------------------------- report --

TestReport = {}

local CPYTHON = { name = "CPython 3.11.2", kind = "cpython", release = "3.11" }
local OLDER = { name = "CPython 3.8.1", kind = "cpython", release = "3.8" }
local QUICKJS = { name = "QuickJS", kind = "quickjs" }
local LUA = { name = "Lua 5.4", kind = "lua" }

-- A row with its goals, ours' figures, and peers with theirs in turn.
local function result_of(goals, figures, ...)
  local result = {
    row = { name = "a <row> & more", n = 10, unit = "ns", goals = goals },
    ours = statistics.summary(figures), peers = {},
  }
  local given = { ... }
  for i = 1, #given, 2 do
    local summary = statistics.summary(given[i + 1])
    summary.peer, summary.name = given[i], given[i].name
    summary.ratio = statistics.summary(statistics.ratios(given[i + 1], figures))
    table.insert(result.peers, summary)
  end
  result.goals = report.judge(result)
  return result
end

local function goal(against) return { kind = "ratio", against = against, must = 1.5, stretch = 2 } end

function TestReport:test_the_best_counting_peer_is_the_one_that_counts()
  local judged = result_of({ goal "counting" }, { 10, 10, 10 }, CPYTHON, { 30, 30, 30 }, QUICKJS, { 16, 17, 18 },
                           LUA, { 1, 1, 1 }).goals[1]
  lu.assertEquals(judged.peer.name, "QuickJS")
  lu.assertEquals({ judged.reached, judged.least, judged.greatest }, { 1.7, 1.6, 1.8 })
  lu.assertEquals(judged.verdict, "must")
end

function TestReport:test_a_goal_against_cpython_or_lua_or_a_release_has_these_alone()
  local function peer_of(against)
    local judged = result_of({ goal(against) }, { 10 }, OLDER, { 9 }, CPYTHON, { 20 }, QUICKJS, { 5 }, LUA, { 7 })
    return judged.goals[1].peer.name
  end
  lu.assertEquals(peer_of "counting", "QuickJS")
  lu.assertEquals(peer_of "cpython", "CPython 3.8.1")
  lu.assertEquals(peer_of "3.11", "CPython 3.11.2")
  lu.assertEquals(peer_of "lua", "Lua 5.4")
end

function TestReport:test_without_its_peer_a_goal_has_no_verdict()
  local result = result_of({ goal "lua" }, { 10 }, CPYTHON, { 20 })
  lu.assertNil(result.goals[1].verdict)
  lu.assertStrContains(report.lines(result)[1], "no peer (lua)")
  lu.assertEquals(report.bars { result }, {})
  lu.assertStrContains(report.sum { result }, "Goals: 0")
end

function TestReport:test_a_limit_is_for_ours_alone()
  local limit = { kind = "limit", must = 80, stretch = 74 }
  local result = result_of({ limit }, { 81, 82, 83 }, CPYTHON, { 64, 64, 64 })
  lu.assertEquals(result.goals[1].verdict, "missed")
  lu.assertStrContains(report.lines(result)[1], "<=80")
  lu.assertStrContains(report.sum { result }, "Missed: a <row> & more")
end

function TestReport:test_a_row_without_goals_tells_every_peer()
  local result = result_of({}, { 10 }, CPYTHON, { 20 }, OLDER, { 30 })
  local lines = report.lines(result)
  lu.assertEquals(#lines, 2)
  lu.assertStrContains(lines[1], "2.00 (2.00-2.00)")
  lu.assertStrContains(lines[2], "CPython 3.8.1 30")
end

function TestReport:test_a_row_that_no_peer_can_do_tells_ours()
  lu.assertStrContains(report.lines(result_of({}, { 12.5 }))[1], "12.5 ns")
end

function TestReport:test_the_sum_counts_goals_and_names_what_was_missed()
  local text = report.sum {
    result_of({ goal "counting" }, { 10 }, CPYTHON, { 30 }),
    result_of({ goal "counting", goal "lua" }, { 10 }, CPYTHON, { 15 }, LUA, { 9 }),
  }
  lu.assertEquals(text, "Goals: 3; must reached: 2; stretch reached: 1.\nMissed: a <row> & more (Lua).")
end

-- Its line and its bar: neither says "missed" beside a figure that reaches the goal.
function TestReport:test_a_ratio_is_told_in_as_many_digits_as_its_verdict_takes()
  for _, case in ipairs { { 1.4967, "missed: 1.497 x" }, { 1.49996, "missed: 1.49996 x" }, { 1.5, "must: 1.50 x" },
                          { 1.234, "missed: 1.23 x" }, { 1.9999, "must: 1.9999 x" }, { 2.0001, "stretch: 2.00 x" } } do
    local result = result_of({ goal "counting" }, { 1 }, CPYTHON, { case[1] })
    lu.assertStrContains(report.bars({ result })[1].words, case[2])
    local verdict, figure = case[2]:match "(%l+): ([%d.]+)"
    lu.assertStrMatches(report.lines(result)[1], (".* %s %%(.* %s"):format(figure:gsub("%.", "%%."), verdict))
  end
end

function TestReport:test_a_line_says_what_ours_is_beside_each_peer()
  local script = result_of({}, { 10 }, CPYTHON, { 4 })
  script.row.script = "cycle pair"
  lu.assertEquals(report.beside {
    result_of({}, { 10 }, CPYTHON, { 30 }, LUA, { 10 }), result_of({}, { 10 }, CPYTHON, { 8 }),
    result_of({}, { 10 }, CPYTHON, { 20 }), script,
  }, {
    "Beside CPython 3.11.2: faster in 2 of 3 rows, 2.0 times in the middle, 3.0 at most; "
      .. "a statement takes 2.5 to 2.5 times as long.",
    "Beside Lua 5.4: faster in 0 of 1 rows, 1.0 times in the middle, 1.0 at most.",
  })
end

-- What the README says of the goals is what its picture shows.
function TestReport:test_the_readme_counts_the_goals_of_its_picture()
  local all, reached = 0, 0
  for verdict in machine.read "tests/bench/goals.svg":gmatch ">(%l+): [%d.]+" do
    all, reached = all + 1, reached + (verdict == "missed" and 0 or 1)
  end
  lu.assertStrContains(machine.read "README.md", ("of all %d goals, "):format(all))
  lu.assertStrContains(machine.read "README.md", (" %d are reached\n"):format(reached))
end

function TestReport:test_the_data_can_be_read_as_json()
  local result = result_of({ goal "counting" }, { 10, 12 }, CPYTHON, { 30, 24 })
  local run = { rounds = 2, options = {}, names = { "x" } }
  local text = json.encode(report.data({ result }, { { name = "g", points = { { 1000, 2 } } } }, run))
  local data = json.decode(text)
  lu.assertEquals(data.rows[1].goals[1].verdict, "stretch")
  lu.assertEquals(data.rows[1].peers[1].ratio.values, { 3, 2 })
  lu.assertEquals(data.growth[1].points, { { 1000, 2 } })
end

-- --------------------------------------------------------------------------- pictures --

TestPictures = {}

-- Complain of what is not nested, or not escaped.
local function check_markup(text)
  local open = {}
  local rest = text:gsub("<(/?)(%a+)([^<>]*)>", function(closes, name, attributes)
    if closes == "/" then
      lu.assertEquals(table.remove(open), name)
    elseif not attributes:find "/$" then
      open[#open + 1] = name
    end
    lu.assertNil(attributes:gsub('%s[%w:-]+="[^"<>]*"', ""):find "[^%s/]", attributes)
    return ""
  end)
  lu.assertEquals(open, {})
  lu.assertNil(rest:find "[<>]")
  lu.assertNil(rest:gsub("&%a+;", ""):gsub("&#%d+;", ""):find "&")
end

function TestPictures:test_text_is_escaped()
  lu.assertEquals(svg.escape [[<a b="c" d='e'> & f]], "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt; &amp; f")
end

function TestPictures:test_the_goals_are_drawn_whatever_rows_are_called()
  local results = {
    result_of({ goal "counting" }, { 10 }, CPYTHON, { 300 }),
    result_of({ goal "counting" }, { 10 }, CPYTHON, { 0.1 }),
    result_of({ { kind = "limit", must = 80, stretch = 74 } }, { 81 }),
  }
  local text = svg.goals("a <title> & 'more'", report.bars(results))
  check_markup(text)
  lu.assertStrContains(text, "a &lt;row&gt; &amp; more")
  for _, verdict in ipairs { "stretch", "missed" } do
    lu.assertStrContains(text, ('<rect class="%s"'):format(verdict))
  end
end

function TestPictures:test_growth_is_drawn()
  local text = svg.growth("growth", { "1e3", "1e4" }, {
    { name = "<one>", points = { { 1000, 0.5 }, { 10000, 2000 } } },
    { name = "two", points = { { 1000, 10 }, { 10000, 10 } } },
  })
  check_markup(text)
  local _, curves = text:gsub("<polyline", "")
  lu.assertEquals(curves, 2)
end

function TestPictures:test_no_two_curves_have_their_numbers_in_one_place()
  local curves = {}
  for i, last in ipairs { 32, 31, 500, 31.5 } do
    curves[i] = { name = "curve", points = { { 1000, 10 }, { 10000, last } } }
  end
  local heights = {}
  local drawn = svg.growth("growth", { "1e3", "1e4" }, curves)
  for y in drawn:gmatch '<text class="label" x="698.0" y="([%d.]+)">%d</text>' do
    heights[#heights + 1] = tonumber(y)
  end
  lu.assertEquals(#heights, 4)
  table.sort(heights)
  for i = 2, 4 do lu.assertTrue(heights[i] - heights[i - 1] >= 14) end
end

-- --------------------------------------------------------------------------- programs --

TestPrograms = {}

local function output_of(command)
  return machine.output_of(command .. " 2>&1; echo status $?")
end

-- Each work checks itself what it does.
function TestPrograms:test_every_work_does_at_a_small_size_what_is_meant()
  for _, name in ipairs { "ours", "lua" } do
    local path = machine.quote(build .. "/bench/" .. name)
    for work in machine.output_of(path .. " --works"):gmatch "[^\n]+" do
      lu.assertEquals(output_of(("%s %s 300 0"):format(path, work)), "0.0000\nstatus 0\n", name .. " " .. work)
    end
  end
end

function TestPrograms:test_a_time_is_measured()
  for _, work in ipairs { "pair/list", "collect/far", "garbage/pairs", "churn" } do
    local time = output_of(("%s %s 1000 1"):format(machine.quote(ours), work)):match "^(%S+)\nstatus 0\n$"
    lu.assertTrue(tonumber(time) and tonumber(time) > 0, work)
  end
end

function TestPrograms:test_an_unknown_work_is_an_error()
  lu.assertEquals(output_of(machine.quote(ours) .. " pair/nothing 10 0"), "there is no such work\nstatus 1\n")
  lu.assertStrContains(output_of(machine.quote(ours) .. " pair/list"), "status 1")
end

function TestPrograms:test_every_scenario_of_statements_runs()
  local folder <close> = program.folder {}
  for name in pairs(statements) do
    folder:write("statements.lua", scripts.scenario(name, 2, 3))
    local result = folder:run "run --trusted statements.lua"
    lu.assertEquals(result.status, 0, name .. result.out .. result.err)
    lu.assertStrMatches(result.out:match "[^\n]+", "figure [%d.]+", nil, nil, name)
  end
end

function TestPrograms:test_statements_of_a_module_are_indented_as_python_wants()
  local text = scripts.module("attribute store", 2, 3)
  lu.assertStrContains(text, "\nclass Node: pass\no = Node()\n")
  lu.assertStrContains(text, "in range(passes):\n    o.first = 1\n    o.second = 2\n")
  lu.assertNil(scripts.module("word", 2, 3))
end

-- ------------------------------------------------------------------------------- peers --

TestPeers = {}

function TestPeers:test_what_is_no_python_is_named()
  local folder <close> = program.folder { ["false"] = "#!/bin/sh\nexit 1\n" }
  local found, problem = peers.cpython(folder.name .. "/none", folder.name)
  lu.assertNil(found)
  lu.assertStrContains(problem, folder.name .. "/none: no Python answers there")
end

-- An interpreter that answers `lines` to what it is asked.
local function python_that_says(folder, lines)
  folder:write("python", "#!/bin/sh\ncat <<END\n" .. table.concat(lines, "\n") .. "\nEND\n")
  folder:shell "chmod +x python"
  return peers.cpython(folder.name .. "/python", folder.name)
end

function TestPeers:test_a_python_that_cannot_be_used_is_named_with_the_reason()
  local folder <close> = program.folder {}
  local function problem_of(release, implementation, special, include)
    local _, problem = python_that_says(folder, {
      release, release .. ".1", implementation, special, include, "/p", "/l", "/l", "x", "x", "", "",
    })
    return problem
  end
  folder:write("include/Python.h", "")
  local include = folder.name .. "/include"
  lu.assertStrContains(problem_of("3.11", "PyPy", "False", include), "not CPython")
  lu.assertStrContains(problem_of("3.6", "CPython", "False", include), "no gc.freeze")
  lu.assertStrContains(problem_of("3.11", "CPython", "True", include), "not an ordinary build")
  lu.assertStrContains(problem_of("3.11", "CPython", "False", "/nowhere"), "no development files")
  lu.assertStrContains(problem_of("3.11", "CPython", "False", include), "no libpython")
end

function TestPeers:test_a_quickjs_that_is_not_there_is_named()
  local found, problem = peers.quickjs("/nowhere", "/tmp")
  lu.assertNil(found)
  lu.assertStrContains(problem, "there is no /nowhere/quickjs.h")
end

function TestPeers:test_only_wanted_peers_are_taken_and_the_others_named()
  local list, missing = peers.find(build .. "/bench", "/nowhere/python", "", "lua,Perl")
  lu.assertEquals(#list, 1)
  lu.assertEquals(list[1].name, "Lua 5.4")
  local all = table.concat(missing, "\n")
  lu.assertStrContains(all, "/nowhere/python: no Python answers there")
  lu.assertStrContains(all, "QuickJS: none given")
  lu.assertStrContains(all, "Perl: no peer of this name")
end

-- ------------------------------------------------------------------------------ driver --

TestDriver = {}

local function drive(arguments)
  local text = output_of(("%s tests/bench/bench.lua %s"):format(machine.quote(lua), arguments))
  return text:match "^(.*)status (%d+)\n$"
end

function TestDriver:test_wrong_use_ends_with_2()
  local said, status = drive "--nonsense"
  lu.assertEquals(status, "2")
  lu.assertStrContains(said, "nonsense")
  said, status = drive "--rounds many"
  lu.assertEquals(status, "2")
  lu.assertStrContains(said, "many")
end

function TestDriver:test_a_row_that_is_not_there_ends_with_2()
  local said, status = drive "--row 'no such row'"
  lu.assertEquals(status, "2")
  lu.assertStrContains(said, "no row is called no such row")
end

-- A build of its own, with programs that say what `answers` says.
local function build_that_says(answers)
  local folder = program.folder { ["bench/ours"] = answers, ["bench/lua"] = answers }
  folder:shell "chmod +x bench/ours bench/lua"
  return folder
end

function TestDriver:test_a_run_writes_what_it_has_measured()
  local folder <close> = build_that_says [[
#!/bin/sh
[ "$1" = --works ] && echo collect/lists && exit
echo 12.5
]]
  local said, status = drive(("--row 'collect 1e6 empty' --rounds 2 --peers lua --build %s"):format(folder.name))
  lu.assertEquals(status, "0", said)
  lu.assertStrContains(said, "Skipped: QuickJS")
  lu.assertStrContains(said, "no peer (counting)")
  lu.assertStrContains(said, "Lua 5.4 12.5    1.00 (1.00-1.00)")
  lu.assertStrContains(said, "Goals: 1; must reached: 0")
  local data = json.decode(folder:read "bench/bench.json")
  lu.assertEquals(data.rows[1].ours.values, { 12.5, 12.5 })
  check_markup(folder:read "bench/goals.svg")
end

function TestDriver:test_a_peer_that_fails_is_left_out_of_the_row()
  local folder <close> = build_that_says [[
#!/bin/sh
[ "$1" = --works ] && echo collect/lists && exit
case $0 in *lua) echo it went wrong; exit 1 ;; esac
echo 12.5
]]
  local said, status = drive(("--row 'collect 1e6 empty' --rounds 2 --peers lua --build %s"):format(folder.name))
  lu.assertEquals(status, "0", said)
  lu.assertStrContains(said, "Left out: Lua 5.4, collect/lists at 1000000: it went wrong")
  lu.assertStrContains(said, "no peer (lua)")
  lu.assertEquals(json.decode(folder:read "bench/bench.json").rows[1].peers, {})
end

function TestDriver:test_growth_is_written_too()
  local folder <close> = build_that_says [[
#!/bin/sh
[ "$1" = --works ] && echo replay && exit
echo "$2"
]]
  local said, status = drive(("--row 'growth: replay' --quick --peers lua --build %s"):format(folder.name))
  lu.assertEquals(status, "0", said)
  lu.assertStrMatches(said:match "replay[^\n]*", "replay +1000 +10000 +100000 +1000000")
  check_markup(folder:read "bench/growth.svg")
end

function TestDriver:test_a_program_that_fails_ends_the_run_with_1()
  local folder <close> = build_that_says [[
#!/bin/sh
[ "$1" = --works ] && echo index && exit
echo "an item is missing"; exit 1
]]
  local said, status = drive(("--row index --peers lua --build %s"):format(folder.name))
  lu.assertEquals(status, "1")
  lu.assertStrContains(said, "ours, index at 10000: an item is missing")
end

function TestDriver:test_without_our_program_there_is_nothing_to_measure()
  local folder <close> = program.folder {}
  local said, status = drive(("--row index --build %s"):format(folder.name))
  lu.assertEquals(status, "1")
  lu.assertStrContains(said, "ours: its program does not run")
end

-- ------------------------------------------------------------------------ instructions --

TestInstructions = {}

function TestInstructions:test_a_count_may_grow_by_three_percent()
  lu.assertEquals(records.verdict(103, 100), "")
  lu.assertEquals(records.verdict(103.1, 100), "grown")
  lu.assertEquals(records.verdict(96.9, 100), "less")
  lu.assertEquals(records.verdict(50, nil), "")
end

function TestInstructions:test_what_is_recorded_is_read_again()
  local all = { ["gcc 12.2.0 x86-64"] = { list = 85, dict1 = 275.5 }, ["Clang: 14"] = { list = 90 } }
  lu.assertEquals(records.read(records.write(all)), all)
end

function TestInstructions:test_a_line_that_is_no_record_is_an_error()
  lu.assertErrorMsgContains("not a line of recorded counts: nonsense", records.read, "nonsense\n")
end

function TestInstructions:test_every_kind_is_recorded_for_a_compiler()
  for compiler, kinds in pairs(records.read(machine.read(records.PATH))) do
    for _, kind in ipairs { "int", "float", "list", "list3", "tuple2", "dict", "dict1", "set", "instance1" } do
      lu.assertNotNil(kinds[kind], compiler .. " " .. kind)
    end
  end
end

-- A build whose program has been compiled by a compiler without a record.
function TestInstructions:test_a_check_without_a_record_is_skipped()
  local folder <close> = build_that_says "#!/bin/sh\necho another compiler 1.0\n"
  local text = output_of(("%s tests/bench/instructions.lua --check --build %s"):format(
    machine.quote(lua), machine.quote(folder.name)))
  lu.assertStrContains(text, "skipped, ")
  lu.assertStrContains(text, "status 77")
end

-- A check of a program by a recorded compiler, each of whose objects takes `count`
-- instructions, by a valgrind that says so.
local function check_counting(count)
  local folder <close> = build_that_says "#!/bin/sh\necho gcc 12.2.0 x86-64\n"
  folder:write("tools/valgrind", "#!/bin/sh\necho \"==1== Collected : $((5000 + $5 * " .. count .. "))\"\n")
  folder:shell "chmod +x tools/valgrind"
  return output_of(("PATH=%s:$PATH %s tests/bench/instructions.lua --check --build %s"):format(
    machine.quote(folder.name .. "/tools"), machine.quote(lua), machine.quote(folder.name)))
end

function TestInstructions:test_a_check_fails_where_a_count_has_grown()
  local text = check_counting(100000)
  lu.assertStrMatches(text:match "\nlist [^\n]*", "\nlist +100000.0 .*grown")
  lu.assertStrContains(text, "status 1")
end

function TestInstructions:test_a_check_passes_where_counts_are_less()
  local text = check_counting(1)
  lu.assertStrMatches(text:match "\nlist [^\n]*", "\nlist +1.0 .*less")
  lu.assertStrContains(text, "status 0")
end

lab.finish()
