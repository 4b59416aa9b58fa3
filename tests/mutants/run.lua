-- Falsify each documented fact in a copy of the sources, and each field of a profile that
-- a trace can show, one at a time, and say which trace, or else which test, notices.
-- Run by `make mutants`:
--
--   run.lua FOLDER JOBS [PATTERN]       the copy is made in FOLDER; only mutants whose
--                                       line contains PATTERN
--
-- A mutant that nothing notices, or that no longer fits the sources, is a failure.

package.path = "tests/mutants/?.lua;tests/support/?.lua;" .. package.path

local edits = require "edits"
local facts = require "facts"
local fields = require "fields"
local machine = require "machine"

local folder, jobs, pattern = arg[1], arg[2], arg[3] or ""
local tree = folder .. "/tree"
local passed, failed = 0, 0

local function shell(command, ...)
  return os.execute(command:format(...)) == true
end

local function output(command, ...) return (machine.output_of(command:format(...))) end

local function tell(fact, verdict, good)
  print(("%-6s %s\n       %s"):format(good and "ok" or "FAILED", fact, verdict))
  io.stdout:flush()
  if good then passed = passed + 1 else failed = failed + 1 end
end

-- -- noticing ---------------------------------------------------------------------------

-- The traces that diverge, as text: how many, and of each release the first.  Nil: none.
local function noticed_by_traces(options, where)
  local report = output("timeout 100 '%s/build/refchain' replay --max 1 --jobs %s %s %s 2>&1; echo",
                        tree, jobs, options, where)
  local count, first, seen = 0, {}, {}
  for release, name in report:gmatch "tests/conformance/([^/%s]+)/([%w_]+)%.trace[%w.]*:" do
    if not seen[release .. name] then
      seen[release .. name] = true
      count = count + 1
      if not first[release] then
        first[release] = true
        first[#first + 1] = release .. "/" .. name
      end
    end
  end
  if count > 0 then
    return ("%d trace%s: %s"):format(count, count == 1 and "" or "s", table.concat(first, " "))
  elseif not report:find ", 0 divergences" then
    return "the replay ends: " .. (report:match "[^\n]*")
  end
end

local function build(what)
  return shell("make --no-print-directory -s -C '%s' -j %s CFLAGS=-O1 %s >'%s/build.log' 2>&1", tree, jobs,
               what, folder)
end

local function fails(command)
  return not shell([[cd '%s' && REFCHAIN=build/refchain \
    LUA_PATH='build/lua/?.lua;build/lua/?/init.lua;tests/support/?.lua;/usr/share/lua/5.4/?.lua;;' \
    LUA_CPATH='build/lua/?.so;;' timeout 300 %s >test.log 2>&1]], tree, command)
end

-- The first of the tests that fails; `likely` is looked at before the others.
local function noticed_by_tests(likely)
  local function program_fails(name)
    return fails(("build/tests/%s"):format(name)) and "tests/heap/" .. name .. ".c"
  end
  local expected = likely and likely:match "^tests/heap/(test_[%w_]+)$"
  if expected then
    if not build("build/tests/" .. expected) then return "the tests do not build" end
    local found = program_fails(expected)
    if found then return found end
  end
  local script = likely and likely:find("^tests/lua/") and likely .. ".lua"
  if script then
    if not build "all" then return "the program does not build" end
    if fails("build/tests/lua " .. script) then return script end
  end
  if not build "all tests" then return "the tests do not build" end
  for program in output("ls '%s'/tests/heap/test_*.c", tree):gmatch "(test_[%w_]+)%.c" do
    local found = program ~= expected and program_fails(program)
    if found then return found end
  end
  for other in output("cd '%s' && ls tests/lua/test_*.lua", tree):gmatch "[^\n]+" do
    if fails("build/tests/lua " .. other) then return other end
  end
end

-- -- facts --------------------------------------------------------------------------------

local function try(fact)
  local path, title = tree .. "/" .. fact.file, ("%s (%s)"):format(fact.fact, fact.section)
  local original = machine.read(path)
  local mutant = edits.apply(original, fact.edits)
  if not mutant then return tell(title, fact.file .. " has a text to change not exactly once", false) end
  machine.write(path, mutant)
  if build "build/refchain" then
    local noticed = noticed_by_traces("", "tests/conformance") or noticed_by_tests(fact.test)
    tell(title, noticed or "nothing notices", noticed ~= nil)
  else
    tell(title, "does not compile: " .. (machine.read(folder .. "/build.log"):match "error: ([^\n]*)" or ""), false)
  end
  machine.write(path, original)
end

-- -- fields of profiles ---------------------------------------------------------------------

-- The C names of a field's strategies, by the names that users see.
local function strategies()
  local named = {}
  for file in output("ls '%s'/src/heap/*.c", tree):gmatch "[^\n]+" do
    for symbol, name in machine.read(file):gmatch '_strategy ([%w_]+) = {[^"]-"([^"]+)"' do
      named[symbol] = name
    end
  end
  return named
end

-- A setting's value as C has it.
local function value_in_c(setting)
  if setting.kind == "strategy" then
    for symbol, name in pairs(strategies()) do
      if name == setting.value and symbol:find(setting.name, 1, true) == 1 then
        return ("&%s.about"):format(symbol)
      end
    end
  end
  return ({ yes = "1", no = "0" })[setting.value] or setting.value
end

-- Write another value of a field into its profile's table; a function that undoes it, or
-- nil if the table has no such entry.
local function change_table(release, setting)
  for _, file in ipairs(edits.tables) do
    local path = tree .. "/" .. file
    local text = machine.read(path)
    local changed = edits.set_field(text, release, setting.name, value_in_c(setting))
    if changed then
      machine.write(path, changed)
      return function() machine.write(path, text) end
    end
  end
end

local function noticed_in_table(release, setting)
  local undo = change_table(release, setting)
  if not undo then return nil, "no such entry in the profile's table" end
  local noticed = noticed_by_tests(setting.test)
  undo()
  return noticed
end

local function try_field(release, setting)
  local title = ("%s: %s=%s, not %s"):format(release, setting.name, setting.value, setting.documented)
  if not title:find(pattern, 1, true) then return end
  local noticed, problem
  if setting.test then
    noticed, problem = noticed_in_table(release, setting)
  else
    noticed = noticed_by_traces(("--set '%s=%s'"):format(setting.name, setting.value),
                                "tests/conformance/" .. release)
  end
  tell(title, noticed or problem or "nothing notices", noticed ~= nil)
end

-- -- all of it ----------------------------------------------------------------------------

-- the files in the order of the facts, each file's together: fewer rebuilds
local order = {}
for i, fact in ipairs(facts) do
  order[fact.file] = order[fact.file] or i
  fact.number = i
end
table.sort(facts, function(a, b)
  if a.file ~= b.file then return order[a.file] < order[b.file] end
  return a.number < b.number
end)

assert(shell("mkdir -p '%s' && cp -rpu Makefile src include lua tests scenarios '%s'", tree, tree))
local function restore(file)            -- a run that was interrupted has left a mutant
  local text = machine.read(file)
  if machine.read(tree .. "/" .. file) ~= text then machine.write(tree .. "/" .. file, text) end
end
for file in pairs(order) do restore(file) end
for _, file in ipairs(edits.tables) do restore(file) end
assert(build "all tests", "the unchanged copy does not build: " .. folder .. "/build.log")
assert(not noticed_by_traces("", "tests/conformance"), "the traces diverge without a mutant")
for _, fact in ipairs(facts) do
  if fact.fact:find(pattern, 1, true) then try(fact) end
end
assert(build "build/refchain")
for _, release in ipairs(fields.releases) do
  for _, setting in ipairs(fields.settings(release)) do try_field(release, setting) end
end
print "\nNot observable:"
for _, each in ipairs(facts.unobservable) do print(("       %s: %s"):format(each[1], each[2])) end
for _, each in ipairs(fields.same) do
  print(("       %s%s%s: %s"):format(each[3] and each[3] .. ": " or "", each[1], each[2] and "=" .. each[2] or "",
                                    each[4]))
end
print(("\n%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
