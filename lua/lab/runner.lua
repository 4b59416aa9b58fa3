-- `refchain run`: a process per test, several at a time, results in the order of the
-- files.

local host = require "lab.host"
local formats = require "lab.formats"
local matrix = require "lab.matrix"
local outcomes = require "lab.outcomes"
local output = require "lab.output"
local pictures = require "lab.pictures"
local pool = require "lab.pool"
local profile_names = require "lab.profile_names"
local progress = require "lab.progress"
local exports = require "lab.exports"
local recording = require "lab.recording"
local sources = require "lab.sources"

local STORY = 1 << 20                   -- bytes of a test's story that are kept

-- ----------------------------------------------------------------------------- units --

-- A unit is one file on one profile (or one of its repetitions), or one test of it.
-- A file that turns out to define tests gets a unit for each, in its place.

local function name_of(unit)
  local name = unit.test and unit.path .. "::" .. unit.test or unit.path
  return unit.label and ("%s [%s]"):format(name, unit.label) or name
end

local function matches(name, filter)
  return not filter or name:find(filter, 1, true) ~= nil or name:find(filter) ~= nil
end

local function test_matches(path, test, filter)
  return matches(path, filter) or matches(path .. "::" .. test, filter)
end

-- Whether a text defines a test that can be asked for.
local function defines_wanted(path, text, filter)
  for _, definition in ipairs { "function%s+(test_[%w_]*)", "(test_[%w_]*)%s*=%f[^=]" } do
    for test in text:gmatch(definition) do
      if test_matches(path, test, filter) then return true end
    end
  end
  return false
end

-- Tests may also be made of strings: such a file must run before we know.
local function may_define(text) return text:find "[\"'%[]test_" ~= nil end

local function label_of(chosen, profiles, profile, round)
  local parts = {}
  if #profiles > 1 or next(profile.settings) then parts[#parts + 1] = profile.name end
  if chosen.times > 1 then parts[#parts + 1] = ("run %d"):format(round) end
  return #parts > 0 and table.concat(parts, ", ") or nil
end

-- Fisher and Yates; the same seed gives the same order.
local function shuffle(list)
  for i = #list, 2, -1 do
    local j = math.random(i)
    list[i], list[j] = list[j], list[i]
  end
end

-- The units of all readable files; adds to `problems` what is wrong with the others.
local function make_units(chosen, paths, profiles, problems)
  local units = {}
  for _, path in ipairs(paths) do
    local text, problem = sources.read(path)
    if not text then
      problems[#problems + 1] = problem
      goto continue
    end
    local asked = matches(path, chosen.filter) or defines_wanted(path, text, chosen.filter)
    if asked or may_define(text) then
      for _, profile in ipairs(profiles) do
        for round = 1, chosen.times do
          units[#units + 1] = {
            path = path, text = text, profile = profile, asked = asked,
            label = label_of(chosen, profiles, profile, round),
          }
        end
      end
    end
    ::continue::
  end
  if chosen.shuffle then shuffle(units) end
  return units
end

-- --------------------------------------------------------------------------- one unit --

local run = {}
run.__index = run

local FAILED = outcomes.FAILED

-- Add to the story of a test, as long as there is room.
local function remember(record, kind, text)
  record.room = record.room - #text - 16
  if record.room >= 0 then
    table.insert(record.story, { kind = kind, text = text })
  else
    record.untold = record.untold + 1
  end
end

-- What a test's process has told, into its record.
local function listener(unit, alone, take_picture)
  local record = unit.record
  return function(kind, text)
    if take_picture and (kind == "picture" or kind == "pictured") then
      local problem = take_picture(kind, text)
      record.unpictured = record.unpictured or problem
    end
    if kind == "scenario" then
      record.title = record.title or text
    elseif kind == "step" then
      record.step = text
    end
    if kind == "scenario" or kind == "step" or kind == "output" then
      if alone then remember(record, kind, text) end
    elseif kind == "tests" then
      unit.tests = outcomes.tests(text)
    elseif kind == "unrecorded" then
      record.unrecorded = text
    elseif kind == "unexported" then
      record.unexported = record.unexported and record.unexported .. "; " .. text or text
    else
      outcomes.told(record, kind, text)
    end
  end
end

function run:finished(unit, outcome)
  local record = unit.record
  outcomes.settle(record, outcome, self.chosen.timeout)
  record.output, record.errors, record.dropped = outcome.output, outcome.errors, outcome.dropped
  record.seconds = outcome.seconds
  self.broken = self.broken or record.broken
  if unit.trace then recording.clear(unit.trace) end
  unit.done = true
  if unit.tests and record.status == "passed" then
    self:split(unit)
  else
    self.finished_units = self.finished_units + 1
    if FAILED[record.status] then self.failed_units = self.failed_units + 1 end
  end
end

-- A file defines tests: a unit for each takes its place.
function run:split(unit)
  unit.parts = {}
  local names = unit.tests
  if self.chosen.shuffle then shuffle(names) end
  if #names > 1 and self:refuse_several() then return end
  for _, test in ipairs(names) do
    local part = {
      path = unit.path, text = unit.text, profile = unit.profile, label = unit.label, test = test,
      asked = true,
    }
    if test_matches(part.path, test, self.chosen.filter) then
      table.insert(unit.parts, part)
      table.insert(self.waiting, #unit.parts, part)
    end
  end
end

-- One file cannot have the traces of several tests: true when it would.
function run:refuse_several()
  local function refuse(target, option, what)
    if not target or target.is_folder then return end
    self.several, self.stopped = true, true
    io.stderr:write(("refchain: %s %s: a file holds one test's %s; there are several tests: "
                     .. "give a folder, %s/\n"):format(option, target.target, what, target.target))
  end
  refuse(self.recording, "--record", "trace")
  for _, target in ipairs(self.exports) do refuse(target, target.option, target.kind.what) end
  return self.several
end

local function report_unexported(problems)
  for _, problem in ipairs(problems) do host.report("unexported", problem) end
end

-- In the test's process: run it, and record and export it if that is wanted.
local function work(state, job, trace, files)
  local problem, problems
  job.exports, problems = exports.begin(files)
  report_unexported(problems)
  if trace then
    job.record, problem = recording.begin(trace)
    if problem then host.report("unrecorded", problem) end
  end
  local written, why, defines_tests, refused = state:call("lab.child", "run", job)
  report_unexported(exports.finish(files, not defines_tests, refused))
  if not job.record then return end
  problem = recording.finish(trace, written, why)
  if problem and written ~= nil then host.report("unrecorded", problem) end
end

-- False when there is no process for it.
function run:start(unit)
  local chosen, state = self.chosen, self.state
  unit.record = {
    file = unit.path, test = unit.test, profile = unit.profile.name, name = name_of(unit), story = {},
    room = STORY, untold = 0,
  }
  local job = {
    path = unit.path, text = unit.text, test = unit.test, profile = unit.profile.base,
    settings = unit.profile.settings, seed = chosen.seed or 0, trusted = chosen.trusted or false,
    memory = chosen.max_memory, ledger = chosen.ledger, pictures = self.pictures ~= nil,
  }
  unit.trace = self.recording and self.recording:path(unit.record.name)
  local take_picture = self.pictures and self.pictures:taker(unit.record.name)
  local files = exports.files(self.exports, unit.record.name)
  return self.pool:start {
    name = unit.record.name, seconds = chosen.timeout, told = listener(unit, self.alone, take_picture),
    ended = function(outcome) self:finished(unit, outcome) end,
    work = function()
      state:limit { seconds = chosen.timeout, memory = chosen.max_memory, crash = true }
      work(state, job, unit.trace, files)
    end,
  }
end

-- ------------------------------------------------------------------------ the results --

-- A file that was run only to see whether it defines tests is asked for when it fails
-- and would have.
local function is_asked_for(unit, record, filter)
  if unit.test or matches(unit.path, filter) then return true end
  return unit.asked and FAILED[record.status] or record.broken
end

function run:give_out(unit)
  local record = unit.record
  unit.record, unit.text = nil, nil     -- what a test has said takes memory
  if not is_asked_for(unit, record, self.chosen.filter) then return end
  local kind = FAILED[record.status] and "failed" or record.status
  self.summary[kind] = self.summary[kind] + 1
  self.summary.total = self.summary.total + 1
  if record.profile then
    local test = record.test and record.file .. "::" .. record.test or record.file
    self.matrix:add(output.plain(test), record.profile, kind)
  end
  self.progress:hide()
  self.format.result(record)
  if record.unrecorded then
    io.stderr:write("refchain: not recorded: ", output.plain(record.unrecorded), "\n")
    self.unrecorded = true
  end
  if record.unpictured then
    io.stderr:write("refchain: not written: ", output.plain(record.unpictured), "\n")
    self.unrecorded = true
  end
  if record.unexported then
    io.stderr:write("refchain: not exported: ", output.plain(record.unexported), "\n")
    self.unrecorded = true
  end
  if kind == "failed" and self.chosen.fail_fast then self.stopped = true end
end

-- Give out what is done, in order, up to the first unit that is not; true when all is.
function run:give_out_done(units, from, even_behind)
  local at = from or 1
  while units[at] and not self.stopped do
    local unit = units[at]
    if unit.parts then
      unit.given = self:give_out_done(unit.parts, unit.given, even_behind)
      if unit.given <= #unit.parts and not even_behind then return at end
    elseif unit.done then
      self:give_out(unit)
    elseif not even_behind then
      return at
    end
    at = at + 1
  end
  return at
end

function run:show_progress()
  self.progress:show(("%d done, %d failed, %d waiting  %s"):format(
    self.finished_units, self.failed_units, #self.waiting, self.pool:names()[1] or ""))
end

function run:loop(units)
  local given = 1
  while not self.stopped and not (self.pool:is_idle() and #self.waiting == 0) do
    while self.pool:has_room() and #self.waiting > 0 and self:start(self.waiting[1]) do
      table.remove(self.waiting, 1)
    end
    if self.pool.problem then break end
    self:show_progress()
    self.pool:wait(0.2)
    if host.interrupted() then
      self.interrupted = table.concat(self.pool:names(), ", ")
      break
    end
    given = self:give_out_done(units, given)
  end
  self.pool:kill()
  self:give_out_done(units, given, self.interrupted)
  self.progress:hide()
end

-- ------------------------------------------------------------------------------- list --

local lister = {}

function lister.new()
  local seen = {}
  return {
    result = function(record)
      local name = record.test and record.file .. "::" .. record.test or record.file
      if not seen[name] then
        if FAILED[record.status] then
          io.stderr:write("refchain: ", output.plain(record.message), "\n")
        end
        seen[name] = true
        io.write(name, "\n")
      end
    end,
    finish = function() end,
  }
end

-- A file without tests need not run to be named.
local function name_at_once(self)
  for i = #self.waiting, 1, -1 do
    local unit = self.waiting[i]
    if not unit.text:find("test_", 1, true) then
      unit.done, unit.record = true, { file = unit.path, status = "passed" }
      table.remove(self.waiting, i)
    end
  end
end

-- Instead of running a file's tests, only name them.
local function list_tests(self, unit)
  unit.parts = {}
  for _, test in ipairs(unit.tests) do
    if test_matches(unit.path, test, self.chosen.filter) then
      table.insert(unit.parts, {
        path = unit.path, test = test, done = true, asked = true,
        record = { file = unit.path, test = test, status = "passed" },
      })
    end
  end
end

-- -------------------------------------------------------------------------------- all --

local function complain(problems)
  for _, problem in ipairs(problems) do io.stderr:write("refchain: ", problem, "\n") end
end

local function seed_of(chosen)
  local seed = chosen.seed
  if chosen.shuffle and not seed then
    seed = os.time() % 100000
    io.stderr:write(("refchain: --seed %d\n"):format(seed))
  end
  math.randomseed(seed or 0)
  return seed
end

local function exit_status(self, problems)
  if self.interrupted then
    local running = self.interrupted ~= "" and " while running " .. self.interrupted or ""
    complain { "interrupted" .. running }
    return 130
  end
  if self.pool.problem then
    complain { self.pool.problem }
    return 2
  end
  if self.broken then return 4 end
  if #problems > 0 or self.several or self.unrecorded then return 2 end
  if self.summary.failed > 0 then return 1 end
  if self.summary.total == 0 then
    io.stderr:write "refchain: nothing to run\n"
    return 5
  end
  return 0
end

local function prepare(chosen, profiles)
  chosen.seed = seed_of(chosen)
  chosen.times = chosen["times"] or 1
  chosen.max_memory = chosen.max_memory or pool.MEMORY
  if chosen.list then profiles, chosen.times = { profiles[1] }, 1 end
  return profiles
end

return function(chosen)
  local profiles, unknown = profile_names.chosen(chosen.profile or "3.8", chosen.set)
  if not profiles then
    complain { unknown }
    return 2
  end
  local given = #chosen.file > 0 and chosen.file or { "scenarios" }
  local paths, problems = sources.find(given, { ".lua" })
  profiles = prepare(chosen, profiles)
  local units = make_units(chosen, paths, profiles, problems)
  complain(problems)
  if chosen.record and profiles[1] and next(profiles[1].settings or {}) then
    complain { "--record does not go with --set: a trace names its profile, and has no room for settings" }
    return 2
  end
  local traces, no_traces
  if chosen.record and not chosen.list then traces, no_traces = recording.new(chosen.record) end
  local targets, no_exports = exports.chosen(chosen.list and {} or chosen)
  if no_traces or no_exports then
    complain { no_traces or no_exports }
    return 2
  end

  local drawn, no_pictures
  if chosen.out and not chosen.list then drawn, no_pictures = pictures.new(chosen.out) end
  if no_pictures then
    complain { no_pictures }
    return 2
  end

  local self = setmetatable({
    chosen = chosen, recording = traces, pictures = drawn, exports = targets,
    pool = pool.new(chosen.jobs or host.cores()),
    progress = progress.new(),
    summary = { total = 0, passed = 0, failed = 0, skipped = 0 }, state = host.scenario(),
    matrix = matrix.new(profiles),
    waiting = table.move(units, 1, #units, 1, {}), finished_units = 0, failed_units = 0,
    alone = #units == 1 and chosen.output == "text",
  }, run)
  self.format = chosen.list and lister.new() or formats[chosen.output](self.alone)
  if chosen.list then
    self.split = list_tests
    name_at_once(self)
  end
  if #units > 1 and not chosen.list and self:refuse_several() then return 2 end
  self.state:call("lab.child", "warm")
  host.catch_interrupt()
  self:loop(units)
  if self.summary.total > 0 or self.interrupted or chosen.output ~= "text" then
    self.format.finish(self.summary, #profiles > 1 and self.matrix or nil)
  end
  return exit_status(self, problems)
end
