-- Help and versions.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local function run(arguments)
  local folder <close> = program.folder()
  return folder:run(arguments)
end

TestHelp = {}

function TestHelp:test_goes_to_standard_output()
  for _, arguments in ipairs { "--help", "-h", "run --help", "replay --help", "compare --help", "profiles -h",
                               "help" } do
    local result = run(arguments)
    lu.assertEquals(result.status, 0, arguments)
    lu.assertEquals(result.err, "", arguments)
    lu.assertStrContains(result.out, "refchain")
  end
end

function TestHelp:test_without_a_word_names_every_command_and_its_use_in_one_column()
  local overview, column = run("help").out, nil
  for command in run("--help").out:match "Commands:(\n.*)":gmatch "\n   (%l+) " do
    lu.assertStrMatches(overview, ".*\nrefchain " .. command .. " .*", nil, nil, command)
  end
  for line in overview:gmatch "[^\n]+" do
    local use = line:match "^refchain.-  +()"
    if use then lu.assertEquals(use, column or use, line) column = use end
  end
end

function TestHelp:test_names_every_option_of_run()
  local out = run("run --help").out
  for _, option in ipairs { "profile", "filter", "jobs", "output", "timeout", "max-memory", "seed", "shuffle",
                            "repeat", "fail-fast", "list", "trusted" } do
    lu.assertStrContains(out, "--" .. option)
  end
end

function TestHelp:test_of_a_word()
  local result = run "help expect_refcnt"
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "expect_refcnt(x, n)\n")
  lu.assertStrContains(result.out, "Example:")
  lu.assertStrContains(run("help append").out, "l:append(x)")
  lu.assertStrContains(run("help list.append").out, "l:append(x)")
end

function TestHelp:test_of_every_word()
  local words = require "refchain.words"
  package.path = "lua/?.lua;" .. package.path
  local help = require "lab.help"
  for _, word in ipairs(words) do lu.assertStrContains(help.on(word.name), word.signature) end
end

function TestHelp:test_of_an_unknown_word_names_the_nearest()
  local result = run "help expct"
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.out, "")
  lu.assertStrContains(result.err, "no word is called 'expct'; did you mean 'expect'?")
end

function TestHelp:test_of_a_command_is_its_own()
  for _, command in ipairs { "run", "replay", "compare", "profiles", "help" } do
    local result = run("help " .. command)
    lu.assertEquals(result.status, 0)
    lu.assertEquals(result.out, run(command .. " --help").out)
  end
  lu.assertStrContains(run("help shell").out, "Tab completes")
end

function TestHelp:test_suggests_only_what_is_near()
  for _, word in ipairs { "''", "x", "zzz", "abcd", "shuffle", "clos" } do
    local result = run("help " .. word)
    lu.assertEquals(result.status, 2)
    lu.assertNotStrContains(result.err, "did you mean")
  end
  lu.assertStrContains(run("help lsit").err, "did you mean 'list'?")
  lu.assertStrContains(run("help replya").err, "did you mean 'replay'?")
end

function TestHelp:test_finds_a_word_by_its_module_and_as_it_is_written()
  lu.assertStrContains(run("help weakref").out, "  weakref.ref(x[, callback])")
  lu.assertStrContains(run("help weakref").out, "  w()  ")
  lu.assertEquals(run("help l:append").out, run("help list:append").out)
end

function TestHelp:test_says_of_what_close_is_a_method()
  lu.assertStrContains(run("help").out, "py:close")
  lu.assertStrContains(run("help py:close").out, "py:close()\n")
end

function TestHelp:test_version()
  lu.assertStrMatches(run("--version").out, "refchain %d+%.%d+%.%d+\n")
end

lab.finish()
