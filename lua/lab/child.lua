-- One test, in a process of its own.  This runs in the scenario's Lua state, where a
-- scenario may have changed what strings can do: no methods of strings here.

local chronicler = require "lab.chronicler"
local guard = require "lab.guard"
local guest = require "lab.guest"
local refchain = require "refchain"

local byte, find, format = string.byte, string.find, string.format
local pack, sub = string.pack, string.sub
local sort, concat = table.sort, table.concat
local metatable_of, traceable = debug.getmetatable, debug.getinfo

local LONGEST = 64 << 10                -- bytes of a message to the parent
local MOST_NAMES = 1 << 20              -- bytes of the names of a file's tests
local MOST_RECORDS = 20000             -- of a journal

local child = {}

-- Load what every test needs, once, before processes are forked.
function child.warm() end

-- No more of a text than a message may have, whole characters.
local function cut(text)
  if #text <= LONGEST then return text end
  local last = LONGEST
  while last > LONGEST - 4 and byte(text, last + 1) & 0xC0 == 0x80 do last = last - 1 end
  return format("%s… (and %d more bytes)", sub(text, 1, last), #text - last)
end

-- A journal for the parent (refchain/journal.lua says what is in it), told in pieces.
-- Of one test in a file, only what happens from the test's own beginning is told.
local function new_journal(job)
  local self = { silent = job.test ~= nil, count = 0 }
  local pieces, size = {}, 0

  local function flush()
    if size > 0 then guest.report("journal", concat(pieces)) end
    pieces, size = {}, 0
  end

  function self.add(place, word, given, result, birth)
    if self.silent then return end
    self.count = self.count + 1
    if self.count > MOST_RECORDS then return end
    local piece = pack("<s4s4s4s4i8", place, word, given, result, birth)
    pieces[#pieces + 1], size = piece, size + #piece
    if size >= LONGEST then flush() end
  end

  function self.finish()
    flush()
    guest.report("observations", pack("<I8I8", self.count, MOST_RECORDS))
  end
  return self
end

-- Tell the parent a picture in pieces, and then its kind.
local function tell_picture(kind, text)
  for at = 1, #text, LONGEST do guest.report("picture", sub(text, at, at + LONGEST - 1)) end
  guest.report("pictured", kind)
end

-- Where an export of the test goes, or nil.
local function sink_of(job, kind)
  local number = job.exports and job.exports[kind]
  return number and guest.export_sink(number)
end

-- Where the lab's words write and tell their story.  In a chronicle diagnostics stand
-- among what is printed.
local function connect(job, counts, journal, recorder)
  local function output(text)
    for at = 1, #text, LONGEST do guest.report("output", sub(text, at, at + LONGEST - 1)) end
  end

  return {
    own_state = true, profile = job.profile, settings = job.settings, seed = job.seed, trusted = job.trusted,
    memory_limit = job.memory, name = job.name, journal = journal and journal.add, record = job.record,
    ledger = job.ledger, picture = job.pictures and tell_picture or nil,
    events = sink_of(job, "events"), trace = sink_of(job, "perfetto"),
    output = output, write = recorder and output or function(text) io.stderr:write(text) end,
    story = function(kind, text)
      counts[kind] = (counts[kind] or 0) + 1
      if kind == "scenario" or kind == "step" then guest.report(kind, cut(tostring(text))) end
      if kind == "step" and job.mark then job.mark(cut(tostring(text))) end
      if kind == "step" and recorder then recorder:step(cut(tostring(text))) end
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

-- The text of an error; one that is no text may have a __tostring.
local function text_of(problem, call)
  local kind = type(problem)
  if kind == "string" or kind == "number" then return tostring(problem) end
  local metatable = kind == "table" and metatable_of(problem)
  if metatable and rawget(metatable, "__tostring") then
    local how, text = call(tostring, problem)
    if how == "ok" then return text end
  end
  return format("an error that is no text but a %s", kind)
end

local function is_for_memory(message)
  return find(message, "MemoryError: ", 1, true) or sub(message, -17) == "not enough memory"
         or find(message, "there is no memory for a heap", 1, true)
end

-- What an error in `env` means: a status, a message and a place.
local function judge(job, env, call, how, problem, where)
  if how == "timeout" then return "timed out", problem end
  if how == "memory" then
    return "out of memory", format("out of memory (the limit is %d MiB)", job.memory >> 20), where
  end

  local skipped = refchain.skipped(problem)
  if skipped then return "skipped", skipped, where end
  local message = refchain.hint(env, text_of(problem, call))
  return is_for_memory(message) and "out of memory" or "failed", message, where
end

local function report_result(outcome, counts)
  guest.report("result", pack("<s4s4s4I4I4", outcome.status, cut(outcome.message or ""),
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
  outcome.status, outcome.message, outcome.where = judge(self.job, self.env, self.call, how, problem, where)
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

-- The heap as it is while the names are there.
function test:write_snapshot()
  local sink, lab = sink_of(self.job, "snapshot"), self.lab
  if not sink or self.outcome.status == "timed out" then return end
  lab:let_go()
  if not lab:export_snapshot(sink, self.job.exports.sql or false) then
    self.refused.snapshot = "not enough memory, or a write error"
  end
end

function test:finish()
  local lab, recorder = self.lab, self.recorder
  if self.outcome.status == "timed out" then guest.stop_clock() end
  if recorder then recorder:finish "the end" end
  self:write_snapshot()
  self:attempt(function() lab:finish() end)
  guest.stop_clock()
  lab:finish_export()
  if recorder and self.outcome.status ~= "timed out" then recorder:finish "after the end: names are released" end
  local broken = lab:check()
  if broken then guest.report("broken", broken) end
end

-- Tell the parent of the tests that a file defines.
function test:report_tests(names)
  local packed = {}
  for i, name in ipairs(names) do packed[i] = pack("<s4", name) end
  local text = concat(packed)
  if #text > MOST_NAMES then
    self.outcome.status, self.outcome.message = "failed", format("too many tests: %d", #names)
  elseif #names > 0 then
    guest.report("tests", text)
  end
end

-- Write the trace: true, or false and why there is none; nothing where none is due, as
-- for a test that is skipped, or the whole of a file that defines tests.
function test:record(defines_tests)
  local status = self.outcome.status
  if not self.job.record or defines_tests or status == "skipped" then return nil end
  if status ~= "passed" and status ~= "failed" then return false, status end
  return self.lab:finish_recording(guest.record)
end

-- Run the scenario `job.text` as a whole, or its function `job.test`; report.  Gives what
-- test:record does, whether the file defines tests, and what could not be exported.
function child.run(job)
  local counts, outcome = {}, { status = "passed" }
  local journal = job.journal and new_journal(job)
  local recorder = job.chronicle and chronicler.new(job)
  local opened, env = pcall(refchain.new, connect(job, counts, journal, recorder))
  if not opened then
    local starved = find(env, "no memory for a heap", 1, true)
    report_result({
      status = starved and "out of memory" or "failed",
      message = starved and "no memory for a heap (address space is limited?)" or env,
    }, counts)
    return
  end
  local inside = refchain.inside(env)
  if job.exports then
    function job.mark(text) inside.lab:mark(text) end
  end
  local self = setmetatable({
    job = job, env = env, lab = inside.lab, call = guard.new(inside.words), outcome = outcome,
    recorder = recorder, refused = {},
  }, test)

  if recorder then inside.shared.as_written = true end
  local chunk, problem = refchain.load(job.text, "@" .. job.path, env)
  if not chunk then
    report_result({ status = "failed", message = "syntax error: " .. problem }, counts)
    return
  end
  local names = {}
  if recorder then recorder:begin(inside.lab) end
  guest.start_clock()
  self:attempt(chunk)
  if outcome.status == "passed" then
    if job.test then
      if journal then journal.silent = false end
      if recorder then self:report_tests(tests_in(env)) end
      self:run_function(job.test)
    else
      names = tests_in(env)
      self:report_tests(names)
    end
  end
  self:finish()
  if journal then
    journal.finish()
    outcome.message = outcome.message and inside.plain(outcome.message)
  end
  report_result(outcome, counts)
  local written, why = self:record(#names > 0)
  return written, why, #names > 0, self.refused
end

return child
