-- One test, in a process of its own.  This runs in the scenario's Lua state, where a
-- scenario may have changed what strings can do: no methods of strings here.

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
    profile = job.profile, seed = job.seed, trusted = job.trusted, memory_limit = job.memory,
    output = function(text) guest.report("output", text) end,
    write = function(text) io.stderr:write(text) end,
    story = function(kind, text)
      counts[kind] = (counts[kind] or 0) + 1
      if kind == "scenario" or kind == "step" then guest.report(kind, tostring(text)) end
    end,
  }
end

-- The names of the scenario's functions test_…, in the order of their definition.
local function tests_in(py)
  local names, lines = {}, {}
  for name, value in pairs(py) do
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

-- What an error means: a status and a message.
local function judge(how, problem, where)
  if how == "timeout" then return "timed out", problem end
  if how == "memory" then return "out of memory", "not enough memory for Lua", where end

  local message = type(problem) == "string" and problem
                  or format("an error that is no text: %s", tostring(problem))
  local skipped = refchain.skipped and refchain.skipped(problem)
  if skipped then return "skipped", skipped end
  if find(message, "MemoryError: ", 1, true) or match(message, "not enough memory$") then
    return "out of memory", message
  end
  return "failed", message
end

local function report_result(outcome, counts)
  guest.report("result", pack("<s4s4s4I4I4", outcome.status, outcome.message or "",
                              outcome.where or "", counts.expect or 0, counts.step or 0))
end

-- Run `f`, guarded; the first thing that goes wrong is the outcome.
local function attempt(outcome, f, ...)
  if outcome.status == "timed out" then return end
  local how, problem, where = guest.call(f, ...)
  if how == "ok" then return end
  if outcome.status ~= "passed" then return end
  outcome.status, outcome.message, outcome.where = judge(how, problem, where)
  outcome.where = outcome.where or where
end

local function run_test(py, name, outcome)
  local test, setup, teardown = py[name], py.setup, py.teardown
  if type(test) ~= "function" then
    outcome.status, outcome.message = "failed", format("'%s' is not defined this time", name)
    return
  end
  if type(setup) == "function" then attempt(outcome, setup) end
  if outcome.status == "passed" then attempt(outcome, test) end
  if type(teardown) == "function" then attempt(outcome, teardown) end
end

local function finish(py, outcome)
  attempt(outcome, function() py:finish() end)
  guest.stop_clock()
  local broken = py:check()
  if broken then guest.report("broken", broken) end
end

-- Run the scenario `job.text` as a whole, or its function `job.test`; report.
function child.run(job)
  local counts, outcome = {}, { status = "passed" }
  local py = refchain.new(connect(job, counts))

  guest.start_clock()
  local chunk, problem = load(job.text, "@" .. job.path, "t", py:env())
  if not chunk then
    report_result({ status = "failed", message = "syntax error: " .. problem }, counts)
    return
  end
  attempt(outcome, chunk)
  local tests = outcome.status == "passed" and tests_in(py) or {}
  if job.test and outcome.status == "passed" then
    run_test(py, job.test, outcome)
  elseif #tests > 0 then
    local packed = {}
    for i, name in ipairs(tests) do packed[i] = pack("<s4", name) end
    guest.report("tests", table.concat(packed))
  end
  finish(py, outcome)
  report_result(outcome, counts)
end


return child
