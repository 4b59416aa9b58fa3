-- One test, in a process of its own.  This runs in the scenario's Lua state, where a
-- scenario may have changed what strings can do: no methods of strings here.

local guard = require "lab.guard"
local guest = require "lab.guest"
local refchain = require "refchain"

local find, match, format, pack = string.find, string.match, string.format, string.pack
local sort, traceable = table.sort, debug.getinfo

local child = {}

-- Load what every test needs, once, before processes are forked.
function child.warm() end

-- Where the lab's words write and tell their story.
local function connect(job, counts)
  return {
    own_state = true, profile = job.profile, seed = job.seed, trusted = job.trusted,
    memory_limit = job.memory,
    output = function(text) guest.report("output", text) end,
    write = function(text) io.stderr:write(text) end,
    story = function(kind, text)
      counts[kind] = (counts[kind] or 0) + 1
      if kind == "scenario" or kind == "step" then guest.report(kind, tostring(text)) end
    end,
  }
end

-- The names of the scenario's functions test_…, in the order of their definition.
local function tests_in(env)
  local names, lines = {}, {}
  for name, value in pairs(env) do
    if type(value) == "function" and find(name, "^test_") then
      names[#names + 1] = name
      lines[name] = traceable(value, "S").linedefined
    end
  end
  sort(names, function(a, b)
    if lines[a] ~= lines[b] then return lines[a] < lines[b] end
    return a < b
  end)
  return names
end

-- What an error means: a status, a message and a place.
local function judge(job, how, problem, where)
  if how == "timeout" then return "timed out", problem end
  if how == "memory" then
    return "out of memory", format("out of memory (the limit is %d MiB)", job.memory >> 20), where
  end

  local message = type(problem) == "string" and problem
                  or format("an error that is no text but a %s", type(problem))
  local skipped = refchain.skipped(problem)
  if skipped then return "skipped", skipped, where end
  local hungry = find(message, "MemoryError: ", 1, true) or match(message, "not enough memory$")
  return hungry and "out of memory" or "failed", message, where
end

local function report_result(outcome, counts)
  guest.report("result", pack("<s4s4s4I4I4", outcome.status, outcome.message or "",
                              outcome.where or "", counts.expect or 0, counts.step or 0))
end

local test = {}
test.__index = test

-- Call `f`, guarded; the first thing that goes wrong is the outcome.
function test:attempt(f)
  local outcome = self.outcome
  if outcome.status == "timed out" then return end
  local how, problem, where = self.call(f)
  if how == "ok" or outcome.status ~= "passed" then return end
  outcome.status, outcome.message, outcome.where = judge(self.job, how, problem, where)
end

function test:run_function(name)
  local env, outcome = self.env, self.outcome
  local body, setup, teardown = env[name], env.setup, env.teardown
  if type(body) ~= "function" then
    outcome.status, outcome.message = "failed", format("'%s' is not defined this time", name)
    return
  end
  if type(setup) == "function" then self:attempt(setup) end
  if outcome.status == "passed" then self:attempt(body) end
  if type(teardown) == "function" then self:attempt(teardown) end
end

function test:finish()
  local lab = self.lab
  self:attempt(function() lab:finish() end)
  guest.stop_clock()
  local broken = lab:check()
  if broken then guest.report("broken", broken) end
end

local function report_tests(names)
  local packed = {}
  for i, name in ipairs(names) do packed[i] = pack("<s4", name) end
  guest.report("tests", table.concat(packed))
end

-- Run the scenario `job.text` as a whole, or its function `job.test`; report.
function child.run(job)
  local counts, outcome = {}, { status = "passed" }
  local env = refchain.new(connect(job, counts))
  local inside = refchain.inside(env)
  local self = setmetatable({
    job = job, env = env, lab = inside.lab, call = guard.new(inside.words), outcome = outcome,
  }, test)

  local chunk, problem = load(job.text, "@" .. job.path, "t", env)
  if not chunk then
    report_result({ status = "failed", message = "syntax error: " .. problem }, counts)
    return
  end
  guest.start_clock()
  self:attempt(chunk)
  if outcome.status == "passed" then
    if job.test then
      self:run_function(job.test)
    else
      local names = tests_in(env)
      if #names > 0 then report_tests(names) end
    end
  end
  self:finish()
  report_result(outcome, counts)
end

return child
