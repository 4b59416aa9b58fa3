-- A chronicle: a run recorded as moments, for those who show it (`refchain step`, `refchain
-- report`).
--
--     local chronicle = require "lab.chronicle"
--     local told, problem = chronicle.record { path = "scenarios/03-cycles/two_lists.lua" }
--
-- A chronicle is a plain table:
--
--   file, title, profile      of the scenario; the title may be nil
--   test                      its name, where it is one of a file's
--   tests                     the names of those that the file defines; if none was asked for,
--                             nothing but what the file does at its top level is told
--   story                     the lines of the file's opening comment
--   source                    the lines of the file
--   outcome                   { status = "passed" | "failed" | "skipped" | "timed out" | "crashed" |
--                             "out of memory", message =, where = FILE:LINE or "", broken = nil or
--                             the invariant that does not hold, output = printed after the last step }
--   steps                     see below
--   skipped_steps             how many steps there were besides those
--
-- A step is the state before a line runs ("line"), where the scenario says so ("step"), or
-- when it has ended ("end": before the names are released, and after):
--
--   number, kind, line, place FILE:LINE
--   text                      of a "step"; which end
--   output                    written since the step before, diagnostics included, or ""
--   events                    since the step before, in order: { kind = "created", birth =, type =,
--                             origin = } …; `untold` more where there were too many
--   collections               since the step before: see gc.steps
--   moment                    see lab:moment
--
-- Equal tables in it are one and the same table: what has not changed from one step to
-- another can be seen by rawequal, and nothing in it may be changed.

local host = require "lab.host"
local outcomes = require "lab.outcomes"
local packed = require "lab.packed"
local pool = require "lab.pool"
local sources = require "lab.sources"

local chronicle = {}

local OUTPUT = 8 << 10                  -- bytes kept of a step's output
local ALL_OUTPUT = 1 << 20              -- of all steps'
local DEFAULT_SECONDS = 60

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line:gsub("\r$", "")
  end
  return lines
end

-- What a file says of itself before its first line of code.
local function opening_comment(lines)
  local story = {}
  for _, line in ipairs(lines) do
    local said = line:match "^%-%-%s?(.*)$"
    if not said or said:match "^%[=*%[" then break end
    story[#story + 1] = said
  end
  return story
end

-- No more of a text than so many bytes, whole characters; `more` bytes are missing already.
local function cut(text, most, more)
  if #text + more <= most then return text end
  local last = most
  while last > most - 4 and text:byte(last + 1) & 0xC0 == 0x80 do last = last - 1 end
  return ("%s… (and %d more bytes)\n"):format(text:sub(1, last), #text - last + more)
end

-- ------------------------------------------------------------------- from the pieces --

local telling = {}
telling.__index = telling

-- What has been written since the last step, as much as there is room for.
function telling:take_output()
  local text = cut(table.concat(self.written), math.min(OUTPUT, self.room), self.unkept)
  self.room = math.max(self.room - #text, 0)
  self.written, self.written_size, self.unkept = {}, 0, 0
  return text
end

function telling:write(text)
  if self.written_size > OUTPUT then
    self.unkept = self.unkept + #text
  else
    table.insert(self.written, text)
    self.written_size = self.written_size + #text
  end
end

-- A `step` shows the moment before its own line, if nothing has changed in it.
local function is_same(before, step)
  return before and before.kind == "line" and step.kind == "step" and before.line == step.line
         and rawequal(before.moment, step.moment) and #step.events == 0
end

function telling:add_step(told)
  local steps, path = self.result.steps, self.result.file
  local step = {
    kind = told.kind, line = told.line, text = told.text,
    place = told.line and ("%s:%d"):format(path, told.line) or "",
    events = told.events, collections = told.collections, moment = told.moment, output = self:take_output(),
  }
  local before = steps[#steps]
  if is_same(before, step) and step.output == "" then
    before.kind, before.text = step.kind, step.text
    return
  end
  step.number = #steps + 1
  steps[#steps + 1] = step
end

-- Take a message of the scenario's process.
function telling:told(kind, text)
  local result = self.result
  if kind == "moment" then
    self:add_step(self.reader:read(text))
  elseif kind == "output" then
    self:write(text)
  elseif kind == "scenario" then
    result.title = result.title or text
  elseif kind == "skipped" then
    result.skipped_steps = string.unpack("<I8", text)
  elseif kind == "tests" then
    result.tests = outcomes.tests(text)
  else
    outcomes.told(self.record, kind, text)
  end
end

local function begin(about)
  local lines = lines_of(about.text)
  return setmetatable({
    reader = packed.reader(), written = {}, written_size = 0, unkept = 0, room = ALL_OUTPUT,
    record = { file = about.path },
    result = {
      file = about.path, test = about.test, profile = about.profile, story = opening_comment(lines),
      source = lines, steps = {}, skipped_steps = 0,
    },
  }, telling)
end

function telling:finish()
  local result, record = self.result, self.record
  result.outcome = {
    status = record.status or "crashed", message = record.message ~= "" and record.message or nil,
    where = record.where or "", broken = record.broken, output = self:take_output(),
  }
  return result
end

-- The chronicle in the messages of a scenario's process, a sequence of { kind, text };
-- `about` is { path =, text = of the file, test =, profile = its name }.
function chronicle.read(pieces, about)
  local self = begin(about)
  for _, piece in ipairs(pieces) do self:told(piece[1], piece[2]) end
  return self:finish()
end

-- ----------------------------------------------------------------------------- record --

local state                             -- one for all runs: a child has a copy of it

local function job_for(wanted)
  return {
    path = wanted.path, text = wanted.text, test = wanted.test, profile = wanted.base or wanted.profile or "3.8",
    settings = wanted.settings or {}, name = wanted.base and wanted.profile or nil, seed = wanted.seed or 0,
    trusted = wanted.trusted or false, memory = wanted.memory or pool.MEMORY,
    chronicle = { objects = wanted.objects },
  }
end

-- Run one scenario in a process of its own.  Gives its chronicle; nil and why not when
-- the file cannot be read, no process can be had, or Ctrl-C was pressed ("interrupted",
-- known only after host.catch_interrupt).  `wanted`:
--
--   path            the file
--   text            of it, as sources.read gives it; read here if left out
--   test            the function test_… to run; none: the whole file
--   profile         what the profile is called; "3.8"
--   base, settings  the profile it is made of, and the fields that differ
--   seed, trusted, timeout (seconds, 0: none; 60), memory (bytes; 1 GiB)
--   objects         at most so many objects are shown of a moment; 150
function chronicle.record(wanted)
  local text, problem = wanted.text, nil
  if not text then text, problem = sources.read(wanted.path) end
  if not text then return nil, problem end
  local seconds = wanted.timeout or DEFAULT_SECONDS
  local about = setmetatable({ text = text }, { __index = wanted })
  about.profile = wanted.profile or "3.8"
  local job, self, ended = job_for(about), begin(about), false
  if not state then
    state = host.scenario()
    state:call("lab.child", "warm")
  end
  local processes = pool.new(1)
  local started = processes:start {
    name = wanted.path, seconds = seconds, told = function(kind, piece) self:told(kind, piece) end,
    ended = function(outcome)
      if outcome.errors ~= "" then self:write(outcome.errors) end
      outcomes.settle(self.record, outcome, seconds)
      ended = true
    end,
    work = function()
      state:limit { seconds = seconds, memory = job.memory, crash = true }
      state:call("lab.child", "run", job)
    end,
  }
  if not started then return nil, processes.problem end
  while not ended do
    processes:wait(0.2)
    if not ended and host.interrupted() then
      processes:kill()
      return nil, "interrupted"
    end
  end
  return self:finish()
end

return chronicle
