-- make verify-python: random traces, recorded on real interpreters, replayed here.
--
-- lua verify.lua BUILD PYTHONS SECONDS OPERATIONS SEED; PYTHONS are divided by commas,
-- OPERATIONS, for each interpreter, takes the place of SECONDS if it is not empty.

package.path = "tests/verify/?.lua;tests/support/?.lua;" .. package.path

local generate = require "generate"
local machine = require "machine"
local proof = require "proof"
local python = require "python"

local AT_ONCE = 24                      -- traces recorded in one go
local SHORTEST, DOUBLINGS = 100, 8      -- operations of a trace: 100 to 25,600
local MOST_KEPT = 5                     -- diverging traces

local build, names = arg[1], arg[2]
local seconds, most_operations, seed
local folder = build .. "/verify"

local function say(...) io.write(string.format(...), "\n") io.flush() end

local function count(number)
  local text = tostring(number)
  return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

-- The whole number that a variable of the command line is given; nil, having said so, if
-- that is none.
local function number_of(name, text)
  local number = text:match "^%d+$" and math.tointeger(tonumber(text))
  if not number then
    say("%s=%s is no %s", name, text, tonumber(text) and "whole number that can be used" or "number")
  end
  return number
end

-- Whether SECONDS, OPERATIONS and SEED are numbers.
local function take_numbers()
  seconds, seed = number_of("SECONDS", arg[3]), number_of("SEED", arg[5])
  if arg[4] ~= "" then
    most_operations = number_of("OPERATIONS", arg[4])
    if not most_operations then return false end
  end
  return seconds and seed
end

-- The interpreters that there are, each with its recorder; whether one that was asked
-- for is missing.
local function interpreters()
  local list, missing = {}, false
  for name in (names ~= "" and names or "python3"):gmatch "[^,%s]+" do
    local self, problem = python.find(name)
    if not self then
      say("%s", problem)
      missing = missing or names ~= ""
    else
      local built, complaint = self:build(folder)
      if built then
        list[#list + 1] = self
      else
        say("CPython %s: no recorder can be built: %s (%s/compiler.txt)", self.version, complaint, self.folder)
        missing = true
      end
    end
  end
  return list, missing
end

-- Whether there is a profile of that release to replay with.
local function has_profile(release)
  local path = folder .. "/profile.trace"
  machine.write(path, ("refchain-trace 1\nprofile %s\n"):format(release))
  local _, good = machine.output_of(("%s replay %s 2>&1"):format(
    machine.quote(os.getenv "REFCHAIN" or build .. "/refchain"), machine.quote(path)))
  return good
end

local function check_recorder(self)
  local number, wrong = proof.check_recorder(self, "tests/conformance/" .. self.release)
  if number == 0 then
    say("CPython %s: there are no known traces of %s to check the recorder with", self.version, self.release)
  else
    say("CPython %s: %d known traces recorded again, %s", self.version, number,
        #wrong == 0 and "all alike" or #wrong .. " otherwise: " .. table.concat(wrong, " "))
  end
  return #wrong == 0
end

-- Traces of the batch, written to a folder; their paths, and their operations by name.
local function new_batch(number)
  local paths, operations = {}, {}
  local work = python.new_folder(folder .. "/traces")
  for i = 1, AT_ONCE do
    local trace_seed = seed + (number - 1) * AT_ONCE + i - 1
    local length = SHORTEST << (trace_seed * 7 % (DOUBLINGS + 1))
    local name = ("seed_%d.trace"):format(trace_seed)
    local text = generate(trace_seed, length)
    paths[i] = work .. "/" .. name
    machine.write(paths[i], text)
    operations[name] = select(2, text:gsub("\n", "\n")) - 3     -- two head lines, a comment
  end
  return paths, operations
end

-- Keep a diverging trace, recorded in folder `from` from the trace at `source`, unless
-- its results differ under more hash seeds; shrink the first of an interpreter.
local function diverged(self, source, from, found)
  local name = source:match "[^/]*$"
  local again = proof.record(self, { source }, python.MORE_SEEDS)
  if #again.differ > 0 then
    self.seed_dependent = self.seed_dependent + 1
    say("CPython %s: %s left out: its results depend on the hash seed", self.version, name)
    return
  end
  if #again.failed > 0 then
    self.failed = self.failed + 1
    say("CPython %s: %s cannot be recorded under every hash seed", self.version, name)
    return
  end
  local text = machine.read(from .. "/" .. name)
  local path = ("%s/%s"):format(self.folder, name)
  self.divergences = self.divergences + 1
  if self.divergences > MOST_KEPT then return end
  machine.write(path, text)
  say("CPython %s: diverged: %s\n%s", self.version, path, found.text)
  if self.divergences > 1 then return end
  local smallest, said = proof.shrink(self, text, python.MORE_SEEDS)
  if not smallest then
    say("    Recorded once more it does not diverge: not shrunk.")
    return
  end
  local minimal = path:gsub("%.trace$", ".minimal.trace")
  machine.write(minimal, smallest)
  say("Shrunk to %s:\n\n%s\n%s\n", minimal, smallest, said)
end

local function run_batch(self, paths, operations)
  local started = os.time()
  local outcome = proof.record(self, paths, python.SEEDS)
  for _, text in ipairs(outcome.said) do say("CPython %s: %s", self.version, (text:gsub("\n$", ""))) end
  self.seed_dependent = self.seed_dependent + #outcome.differ
  self.failed = self.failed + #outcome.failed
  local divergences, executed, text = proof.replay(outcome.folder, self.settings)
  if #outcome.good > 0 and not executed then error("replay failed: " .. text, 0) end
  self.executed = self.executed + (executed or 0)
  for _, name in ipairs(outcome.good) do
    self.traces = self.traces + 1
    self.operations = self.operations + operations[name]
  end
  local kept = outcome.folder
  for _, source in ipairs(paths) do
    local name = source:match "[^/]*$"
    if divergences[name] then
      -- checking and shrinking record in the same folder
      if kept == outcome.folder then
        kept = python.new_folder(self.folder .. "/diverged")
        assert(os.execute(("cp %s/*.trace %s"):format(machine.quote(outcome.folder), machine.quote(kept))))
      end
      diverged(self, source, kept, divergences[name])
    end
  end
  self.seconds = self.seconds + os.time() - started
end

local function is_done(self)
  if most_operations then return self.operations >= most_operations end
  return self.seconds >= seconds
end

-- One line for each interpreter.  An operation is a line of a trace; `executed` counts
-- repetitions, too; traces whose results depend on the hash seed are left out.
local function table_of(list)
  local row = "%-16s %8s %14s %14s %14s %9s %12s"
  local lines = {
    row:format("interpreter", "traces", "operations", "executed", "seed-dependent", "failed", "divergences"),
  }
  for _, self in ipairs(list) do
    lines[#lines + 1] = row:format("CPython " .. self.version, count(self.traces), count(self.operations),
      count(self.executed), count(self.seed_dependent), count(self.failed), count(self.divergences))
  end
  return table.concat(lines, "\n")
end

local function main()
  if not take_numbers() then return false end
  assert(os.execute("mkdir -p " .. machine.quote(folder)))
  local list, bad = interpreters()
  local usable = {}
  for _, self in ipairs(list) do
    self.traces, self.operations, self.executed, self.seed_dependent = 0, 0, 0, 0
    self.failed, self.divergences, self.seconds = 0, 0, 0
    if not has_profile(self.release) then
      say("CPython %s: there is no profile %s here", self.version, self.release)
      bad = bad or names ~= ""
    elseif check_recorder(self) then
      usable[#usable + 1] = self
    else
      bad = true
    end
  end
  if #usable == 0 then
    if not bad then say "No CPython to verify against: skipped." end
    return not bad
  end
  say("SEED=%d", seed)
  local number, running = 0, true
  while running do
    number, running = number + 1, false
    local paths, operations = new_batch(number)
    for _, self in ipairs(usable) do
      if not is_done(self) then
        run_batch(self, paths, operations)
        running = running or not is_done(self)
      end
    end
    machine.write(folder .. "/table", table_of(usable) .. "\n")     -- of a long run, to look at
  end
  say("\n%s", table_of(usable))
  for _, self in ipairs(usable) do bad = bad or self.divergences > 0 or self.failed > 0 end
  return not bad
end

os.exit(main(), true)
