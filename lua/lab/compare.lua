-- `refchain compare`: one scenario on several profiles, and only what differs.
--
-- Each profile's run keeps a journal of what the scenario observed (refchain/journal.lua);
-- the journals are laid side by side (alignment.lua).  The reason of a difference is found
-- by trying: the scenario is run on one profile (3.8 if it is among them, else the first)
-- with one field after the other changed to what the other profile has there; a field that
-- changes the observation is a reason.  Where none does alone, each is changed back on
-- the other profile.

local core = require "refchain.core"
local host = require "lab.host"
local alignment = require "lab.alignment"
local comparison = require "lab.comparison"
local fields = require "lab.fields"
local outcomes = require "lab.outcomes"
local output = require "lab.output"
local pool = require "lab.pool"
local profile_names = require "lab.profile_names"
local progress = require "lab.progress"
local sources = require "lab.sources"


-- -------------------------------------------------------------------------------- runs --

local compare = {}
compare.__index = compare

-- How a run ended is its last record.
local function add_ending(run)
  local result = run.status
  if run.status == "skipped" and run.where ~= "" then result = result .. " at " .. run.where end
  if run.status ~= "passed" then result = result .. ": " .. (run.message or ""):match "^[^\n]*" end
  table.insert(run.records, { place = "", word = "the end", given = "", result = result, ending = true })
end

-- Of a run that is wanted for some keys alone, no more is kept.
local function finish(run, outcome, timeout)
  outcomes.settle(run, outcome, timeout)
  run.cut = run.observations and run.observations > run.most
  run.complete = run.status == "passed" and not run.cut
  run.records = alignment.journal(run.journal)
  run.journal = nil
  add_ending(run)
  alignment.index(run)
  if not run.only then return end
  local by_key = {}
  for _, key in ipairs(run.only) do by_key[key] = run.by_key[key] end
  run.by_key, run.records, run.keys, run.only = by_key, nil, nil, nil
end

-- Start what `job` asks for: { path =, text =, test =, profile =, settings =, name = }.
-- `run` receives its records and how it ended.
function compare:start(job, run)
  local chosen, state = self.chosen, self.state
  run.file, run.journal = job.path, {}
  job.seed, job.trusted, job.memory, job.journal =
    chosen.seed or 0, chosen.trusted or false, chosen.max_memory, true
  return self.pool:start {
    name = job.path .. " on " .. (job.shown or job.name), seconds = chosen.timeout,
    told = function(kind, text)
      if kind == "journal" then
        table.insert(run.journal, text)
      elseif kind == "observations" then
        run.observations, run.most = string.unpack("<I8I8", text)
      elseif kind == "tests" then
        run.tests = outcomes.tests(text)
      else
        outcomes.told(run, kind, text)
      end
    end,
    ended = function(outcome)
      finish(run, outcome, chosen.timeout)
      self.broken = self.broken or run.broken
    end,
    work = function()
      state:limit { seconds = chosen.timeout, memory = chosen.max_memory, crash = true }
      state:call("lab.child", "run", job)
    end,
  }
end

-- Run all jobs; the runs in their order, or nil when it was interrupted or cannot go on.
-- With `only`, no records are kept but those under these keys.
function compare:run_all(jobs, what, only)
  local runs, started = {}, 0
  while started < #jobs or not self.pool:is_idle() do
    while self.pool:has_room() and started < #jobs do
      local run = { only = only }
      if not self:start(jobs[started + 1], run) then break end
      started = started + 1
      runs[started] = run
    end
    if self.pool.problem then return nil end
    self.progress:show(("%s: %d of %d runs"):format(what, started - #self.pool:names(), #jobs))
    self.pool:wait(0.2)
    if host.interrupted() then
      self.interrupted = table.concat(self.pool:names(), ", ")
      self.pool:kill()
      return nil
    end
  end
  return runs
end

-- ------------------------------------------------------------------------------ reasons --

-- Profile `own` with the i-th field as `other` has it, under `own`'s name.
local function changed(file, test, own, other, i)
  local settings = {}
  for name, value in pairs(own.settings) do settings[name] = value end
  settings[own.fields[i].name] = other.fields[i].value
  return {
    path = file.path, text = file.text, test = test, profile = own.base, settings = settings, name = own.name,
    shown = ("%s with %s of %s"):format(own.name, own.fields[i].name, other.name),
  }
end

-- Which of the fields in which profiles `own` and `other` differ, changed alone in
-- `own`, change what its run says under each of `keys`: a set of places of fields for
-- each key.  Nil when interrupted.  Several profiles may have the same in a field: what
-- has been tried for the test is in `tried`, which keeps what is said under `all` keys.
function compare:try(file, test, own, other, own_run, keys, tried, all)
  local jobs, new, names = {}, {}, {}
  for _, i in ipairs(fields.differing { own.fields, other.fields }) do
    local name = table.concat({ own.name, i, fields.value(other.fields[i].value) }, "\0")
    names[i] = name
    if not tried[name] then
      jobs[#jobs + 1], new[#new + 1] = changed(file, test, own, other, i), name
    end
  end
  local runs = self:run_all(jobs, file.path, all)
  if not runs then return nil end
  for at, name in ipairs(new) do tried[name] = runs[at] end

  local found = {}
  for _, key in ipairs(keys) do
    found[key] = {}
    for i, name in pairs(names) do
      if alignment.differ(alignment.said(own_run, key), alignment.said(tried[name], key)) then found[key][i] = true end
    end
  end
  return found
end

local function add_all(set, more)
  for i in pairs(more or {}) do set[i] = true end
end

-- The reasons of each differing key: sets of places of fields.
function compare:reasons(file, test, runs, keys)
  local profiles, found, tried = self.profiles, {}, {}
  local base, base_run = profiles[self.base], runs[self.base]
  for _, key in ipairs(keys) do found[key] = {} end
  for at = 1, #profiles do
    local mine = {}
    for _, key in ipairs(keys) do
      if alignment.differ(alignment.said(base_run, key), alignment.said(runs[at], key)) then mine[#mine + 1] = key end
    end
    local there = #mine > 0 and self:try(file, test, base, profiles[at], base_run, mine, tried, keys) or {}
    if self.interrupted or self.pool.problem then return nil end
    local left = {}
    for _, key in ipairs(mine) do
      add_all(found[key], there[key])
      if next(there[key]) == nil then left[#left + 1] = key end
    end
    local back = #left > 0 and self:try(file, test, profiles[at], base, runs[at], left, tried, keys) or {}
    if self.interrupted or self.pool.problem then return nil end
    for _, key in ipairs(left) do add_all(found[key], back[key]) end
  end
  return found
end

-- ------------------------------------------------------------------------------ one file --

-- The tests that any of the runs defines, in order.
local function tests_of(runs)
  local names, seen = {}, {}
  for _, run in ipairs(runs) do
    for _, name in ipairs(run.tests or {}) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  return names
end

function compare:run_test(file, test)
  local jobs = {}
  for i, profile in ipairs(self.profiles) do
    jobs[i] = {
      path = file.path, text = file.text, test = test, profile = profile.base, settings = profile.settings,
      name = profile.name,
    }
  end
  local runs = self:run_all(jobs, file.path)
  if not runs then return nil end
  local keys, observations = alignment.differing(runs)
  local reasons = self:reasons(file, test, runs, keys)
  if not reasons then return nil end
  return runs, {
    file = file, test = test, profiles = self.profiles, runs = runs, keys = keys, reasons = reasons,
    observations = observations,
  }
end

-- Compare a file, then each test that it defines; false when it was interrupted.
function compare:run_file(file)
  local runs, result = self:run_test(file, nil)
  if not runs then return false end
  local results = { result }
  for _, test in ipairs(tests_of(runs)) do
    local more, part = self:run_test(file, test)
    if not more then return false end
    results[#results + 1] = part
  end
  self.uncompiled = self.uncompiled or not load(file.text, "@" .. file.path, "t")
  self.progress:hide()
  for _, each in ipairs(results) do
    self.differences = self.differences + #each.keys
    self.format.result(each)
  end
  return true
end

-- ----------------------------------------------------------------------------------- all --

-- The profiles to compare: all if none is named.  One alone stands beside itself with
-- what --set changes: 3.8 if none is named.
local function choose_profiles(chosen)
  local profile = chosen.profile or (#chosen.set > 0 and "3.8" or "all")
  local found, problem = profile_names.chosen(profile, chosen.set)
  if not found then return nil, problem end
  if #found == 1 and next(found[1].settings) then
    table.insert(found, 1, { base = found[1].base, settings = {}, name = found[1].base })
  end
  if #found < 2 then
    return nil, "compare needs two profiles at least: --profile 3.8,3.13 or --profile all (or one, and --set)"
  end
  for _, each in ipairs(found) do each.fields = core.profile(each.base, each.settings) end
  return found
end

local function base_of(profiles)
  for i, profile in ipairs(profiles) do
    if profile.name == core.profile().name then return i end
  end
  return 1
end

local function exit_status(self, problems)
  if self.interrupted then
    output.complain(self.interrupted ~= "" and "interrupted while running " .. self.interrupted or "interrupted")
    return 130
  end
  if self.pool.problem then
    output.complain(self.pool.problem)
    return 2
  end
  if self.broken then
    output.complain(("a heap invariant is broken: %s; this is a bug in refchain; please report it with the "
                     .. "scenario"):format(
      self.broken))
    return 4
  end
  if #problems > 0 or self.uncompiled then return 2 end
  return self.chosen.exit_code and self.differences > 0 and 1 or 0
end

return function(chosen)
  local profiles, problem = choose_profiles(chosen)
  if not profiles then
    output.complain(problem)
    return 2
  end
  local paths, problems = sources.find(chosen.file, { ".lua" })
  local files = {}
  for _, path in ipairs(paths) do
    local text, wrong = sources.read(path)
    if text then files[#files + 1] = { path = path, text = text } else problems[#problems + 1] = wrong end
  end
  for _, each in ipairs(problems) do output.complain(each) end
  if #files == 0 then
    if #problems == 0 then output.complain "nothing to compare: no *.lua there" end
    return #problems > 0 and 2 or 5
  end

  chosen.max_memory = chosen.max_memory or pool.MEMORY
  local self = setmetatable({
    chosen = chosen, profiles = profiles, base = base_of(profiles), pool = pool.new(chosen.jobs or host.cores()),
    progress = progress.new(), state = host.scenario(), differences = 0,
    format = comparison[chosen.output](profiles),
  }, compare)
  self.state:call("lab.child", "warm")
  host.catch_interrupt()
  for _, file in ipairs(files) do
    if not self:run_file(file) then break end
  end
  self.progress:hide()
  self.format.finish()
  return exit_status(self, problems)
end
