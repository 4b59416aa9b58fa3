-- Profiles on the command line: `refchain profiles`, --profile and --set.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"
local refchain = require "refchain"

local NAME = "print(heap.profile.name, heap.profile.float_free)\n"

local function run(arguments, files, input)
  local folder <close> = program.folder(files)
  return folder:run(arguments, input)
end

-- A scenario's failure shows what it has printed.
local function printed(arguments)
  return run("run " .. arguments .. " a.lua", { ["a.lua"] = NAME .. "error 'x'" }).out
end

TestSet = {}

function TestSet:test_sets_a_field_in_a_run()
  lu.assertStrContains(printed "--set float_free=7", "FAIL  a.lua [3.8 with float_free = 7]\n")
  lu.assertStrContains(printed "--set float_free=7", "3.8 with float_free = 7\t7\n")
end

function TestSet:test_may_be_repeated_and_the_last_counts()
  local out = printed "--set thresholds=2000,10,10 --set float_free=7 --set float_free=8"
  lu.assertStrContains(out, "3.8 with thresholds = {2000, 10, 10}, float_free = 8\t8\n")
end

function TestSet:test_goes_with_each_of_several_profiles()
  local out = printed "--profile 3.7,3.13 --set float_free=0"
  lu.assertStrContains(out, "FAIL  a.lua [3.7 with float_free = 0]")
  lu.assertStrContains(out, "FAIL  a.lua [3.13 with float_free = 0]")
end

function TestSet:test_takes_yes_and_no_and_strategies_by_name()
  for _, no in ipairs { "no", "0", "No", "false" } do
    lu.assertStrContains(printed("--set has_freeze=" .. no), "[3.8 with has_freeze = no]")
  end
  for _, yes in ipairs { "yes", "1" } do
    lu.assertStrContains(printed("--set has_is_finalized=" .. yes), "[3.8 with has_is_finalized = yes]")
  end
  lu.assertStrContains(printed "--set 'trigger = deferred'", "[3.8 with trigger = deferred]")
end

function TestSet:test_a_needed_word_that_was_taken_away_skips()
  local result = run("run --set has_freeze=no a.lua", { ["a.lua"] = 'needs "gc.freeze"\ngc.freeze()\n' })
  lu.assertStrContains(result.out, "(profile 3.8 with has_freeze = no has no gc.freeze)")
  lu.assertEquals(result.status, 0)
end

function TestSet:test_works_in_the_shell()
  lu.assertEquals(run("--set float_free=3", {}, NAME).out, "3.8 with float_free = 3\t3\n")
  lu.assertStrMatches(run("--set float_free=3", {}, "").err, "")
end

function TestSet:test_works_for_traces()
  local files = {
    ["a.trace"] = "refchain-trace 1\nprofile 3.8\nfloat a 1.5\nplace a => 0\ndel a\nfloat b 2.5\nplace b => 0\n",
  }
  lu.assertEquals(run("replay a.trace", files).status, 0)
  local result = run("replay --set float_free=0 a.trace", files)
  lu.assertStrContains(result.out, "a.trace:7: place b\n    expected: 0\n    got:      1\n")
  lu.assertEquals(result.status, 1)
  lu.assertEquals(run("replay --profile 3.13 --set float_free=1 --set trigger=deferred a.trace", files).status, 0)
  lu.assertEquals(run("replay --set float_free=no a.trace", files).status, 2)
  local both = run("replay --set float_free=1 --print a.trace", files)
  lu.assertEquals(both.status, 2)
  lu.assertStrContains(both.err, "--print does not go with --set")
end

-- Arguments of --set, with what is said of them.
local WRONG = {
  { "float_free", "--set 'float_free': write FIELD=VALUE, as float_free=0" },
  { "=5", "write FIELD=VALUE" },
  { "float_fre=0", "no profile field is called 'float_fre'; did you mean 'float_free'?" },
  { "characters=", "characters: '' is not possible; it takes a whole number from 0 to 256 (code points)" },
  { "characters=-1", "characters: -1 is not possible" },
  { "float_free=1e300", "float_free: '1e300' is not possible" },
  { "thresholds=1,2", "thresholds: 2 values are not possible; it takes three whole numbers, as 700,10,10" },
  { "thresholds=1,,2", "thresholds: value 2 ('') is not possible" },
  { "thresholds=700,10,x", "thresholds: value 3 ('x') is not possible; it takes three whole numbers, as 700,10,10" },
  { "thresholds=-3000000000,10,10", "thresholds: value 1 (-3000000000) is not possible" },
  { "thresholds=700", "thresholds: '700' is not possible" },
  { "has_freeze=maybe", "has_freeze: 'maybe' is not possible; it takes yes or no" },
  { "trigger=never", "trigger: 'never' is not possible; it takes the name of a strategy: 'at once', 'deferred'" },
}

function TestSet:test_a_wrong_one_exits_with_2_and_names_field_and_fault()
  local folder <close> = program.folder { ["a.lua"] = NAME, ["a.trace"] = "" }
  for _, case in ipairs(WRONG) do
    for _, command in ipairs { "run %s a.lua", "%s", "replay %s a.trace" } do
      local result = folder:run(command:format("--set '" .. case[1] .. "'"))
      lu.assertEquals(result.status, 2, case[1])
      lu.assertEquals(result.out, "")
      lu.assertStrContains(result.err, case[2])
    end
  end
end

TestProfiles = {}

function TestProfiles:test_all_are_in_the_table_within_80_columns()
  local result = run "profiles"
  lu.assertEquals(result.status, 0)
  for _, profile in ipairs(refchain.profiles()) do
    lu.assertStrContains(result.out, "\n" .. profile.name .. " ")
  end
  for line in result.out:gmatch "[^\n]+" do lu.assertEquals(utf8.len(line) <= 80, true, line) end
end

function TestProfiles:test_one_shows_each_field_with_value_source_and_meaning()
  for _, profile in ipairs(refchain.profiles()) do
    local out = run("profiles " .. profile.name).out
    local flat = out:gsub("%s+", " ")
    for _, field in ipairs(profile) do
      lu.assertStrContains(out, "\n" .. field.name .. " ")
      lu.assertStrContains(flat, "[" .. field.source .. "]")
      lu.assertStrContains(flat, field.help)
      if field.kind == "strategy" then
        lu.assertStrContains(flat, (" (%s) %s: %s "):format(table.concat(field.choices, ", "), field.value,
                                                            field.meaning))
      elseif field.kind ~= "yes or no" then
        lu.assertStrContains(flat, ("%d to %d)"):format(field.least, field.greatest))
      end
    end
    for line in out:gmatch "[^\n]+" do lu.assertEquals(utf8.len(line) <= 80, true, line) end
  end
end

function TestProfiles:test_several_show_what_differs_side_by_side()
  local result = run "profiles 3.8,3.13"
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "thresholds: a generation is ")
  lu.assertStrMatches(result.out, ".*\n  3%.8 +700 10 10 [^\n]*%[M[^\n]*\n  3%.13 +2000 10 10 [^\n]*%[M.*")
  lu.assertNotStrContains(result.out, "\nfloat_free: ")
  lu.assertStrContains(run("profiles 3.8,3.8").out, "\nfloat_free ")
end

function TestProfiles:test_what_a_field_takes_stands_behind_its_meaning()
  local out = run("profiles 3.8").out:gsub("%s+", " ")
  lu.assertStrContains(out, " for the next; -1: no limit (-1 to 1000000) ")
  lu.assertStrContains(out, " (each -2147483648 to 2147483647) ")
  lu.assertStrContains(out, " (yes or no) ")
end

function TestProfiles:test_names_that_are_not_separated_by_commas_are_2()
  local result = run "profiles 3.8 3.9"
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.out, "")
  lu.assertStrContains(result.err, "separate names by commas: refchain profiles 3.8,3.9\n")
end

function TestProfiles:test_an_unknown_one_names_the_nearest()
  for _, name in ipairs { "3.88", "3.8,3.88" } do
    local result = run("profiles " .. name)
    lu.assertEquals(result.status, 2)
    lu.assertStrContains(result.err, "did you mean '3.8'?")
  end
end

function TestProfiles:test_a_patch_number_names_the_release_or_what_is_left_out()
  for name, release in pairs {
    ["3.8.18"] = "3.8", ["2.7.18"] = "2.7", ["3.10.13"] = "3.10", ["3.14.5"] = "3.14", ["3.14.10"] = "3.14",
    ["3.8,3.13.0"] = "3.13",
  } do
    lu.assertStrContains(run("profiles " .. name).err, ("'; did you mean '%s'?\n"):format(release))
  end
  for patch = 0, 4 do
    for _, command in ipairs { "profiles 3.14.%d", "run --profile 3.14.%d a.lua", "compare --profile 3.8,3.14.%d a.lua",
                               "--profile 3.14.%d" } do
      local result = run(command:format(patch), { ["a.lua"] = "" })
      lu.assertEquals(result.status, 2)
      lu.assertStrContains(result.err, ("no profile is called '3.14.%d': 3.14.0 to 3.14.4 had the incremental "
                                        .. "collector, which is left out; '3.14' is 3.14.5 and later\n"):format(patch))
    end
  end
  lu.assertStrContains(run("profiles").out, "\n3.14 is 3.14.5 and later: the incremental collector before it")
end

lab.finish()
