-- make bench-instructions: how many instructions it takes to make and destroy one object,
-- counted by callgrind.  What n take is the difference between runs of 2n and n: the same
-- to the instruction on every run.
--
-- lua instructions.lua [--build BUILD] [--row PATTERN] [--check] [--record]
-- --record keeps what is counted, for this compiler, in instructions.txt.  --check fails
-- where it has grown by more than 3 % over what is recorded; a compiler without a record is
-- skipped, and so is a machine without valgrind.
--
-- Exit status: 0 good, 1 grown or a program that fails, 2 wrong use, 77 a check skipped.

package.path = "tests/bench/?.lua;tests/support/?.lua;" .. package.path

local argparse = require "argparse"
local machine = require "machine"
local records = require "records"

local N = 2000
local SKIPPED = 77

-- Each with the most that PERFORMANCE's goals allow, and what CPython 3.8 takes.
local ROWS = {
  { "int" }, { "float", 48, 57 }, { "list", 85, 110 }, { "list3", 250, 258 }, { "tuple2", 140, 160 }, { "dict" },
  { "dict1", 275, 287 }, { "set" }, { "instance1", 420, 1238 },
}

local function say(...) io.write(string.format(...), "\n") io.flush() end

-- Instructions of a run with n objects; nil and what is wrong.
local function instructions(program, kind, n)
  local command = "env -i PATH=\"$PATH\" valgrind --tool=callgrind --callgrind-out-file=/dev/null %s pair/%s %d 0 2>&1"
  local text, good = machine.output_of(command:format(machine.quote(program), kind, n))
  local count = good and tonumber((text:match "Collected *: *(%d+)"))
  if count then return count end
  return nil, text
end

local function per_object(program, kind)
  local once, problem = instructions(program, kind, N)
  if not once then return nil, problem end
  local twice, other_problem = instructions(program, kind, 2 * N)
  if not twice then return nil, other_problem end
  return (twice - once) / N
end

local function options_of(arguments)
  local parser = argparse("instructions", "Count instructions per object made and destroyed.")
  parser:option("--build", "The folder of what is built."):default "build"
  parser:option("--row", "Only kinds whose name contains this text."):default ""
  parser:flag("--check", "Fail where a count has grown.")
  parser:flag("--record", "Keep the counts.")
  local good, options = parser:pparse(arguments)
  if good then return options end
  io.stderr:write(options, "\n")
  os.exit(2)
end

local function main()
  local options = options_of(arg)
  if not machine.output_of "command -v valgrind":find "%S" then
    say "Instructions: skipped, valgrind is not installed"
    return options.check and SKIPPED or 0
  end
  local program = options.build .. "/bench/ours"
  local compiler = machine.output_of(machine.quote(program) .. " --compiler"):match "[^\n]+"
  if not compiler then
    say("Instructions: %s is not there", program)
    return 1
  end
  local recorded = records.read(machine.read(records.PATH) or "")
  local known = recorded[compiler]
  if options.check and not known then
    say("Instructions: skipped, nothing is recorded for %s", compiler)
    return SKIPPED
  end
  say("Instructions per object made and destroyed, %s", compiler)
  say("%-12s %10s %10s %10s %14s  %s", "kind", "counted", "recorded", "goal", "CPython 3.8", "")
  local counted, grown = {}, false
  for _, row in ipairs(ROWS) do
    local kind = row[1]
    if kind:find(options.row, 1, true) then
      local count, problem = per_object(program, kind)
      if not count then
        say("%s: %s", kind, problem)
        return 1
      end
      counted[kind] = count
      local before = known and known[kind]
      local verdict = records.verdict(count, before)
      grown = grown or verdict == "grown"
      say("%-12s %10.1f %10s %10s %14s  %s", kind, count, before and ("%.1f"):format(before) or "-",
          row[2] and "<= " .. row[2] or "-", row[3] or "-", verdict)
    end
  end
  if options.record then
    recorded[compiler] = recorded[compiler] or {}
    for kind, count in pairs(counted) do recorded[compiler][kind] = count end
    machine.write(records.PATH, records.write(recorded))
    say("Recorded in %s", records.PATH)
    return 0
  end
  return options.check and grown and 1 or 0
end

os.exit(main(), true)
