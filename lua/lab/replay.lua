-- `refchain replay`: traces, a process for each.

local host = require "lab.host"
local output = require "lab.output"
local pool = require "lab.pool"
local profile_names = require "lab.profile_names"
local progress = require "lab.progress"
local sources = require "lab.sources"

local NO_MEMORY = "not enough memory"

local function plural(count) return count == 1 and "divergence" or "divergences" end

-- In a child: replay and report.
local function replay_and_report(path, chosen)
  local result = host.replay(path, chosen, function(line, operation, expected, got)
    host.report("divergence", string.pack("<I4s4s4s4", line, operation, expected, got))
  end)
  host.report("result", string.pack("<s4I8I8I4s4", result.status, result.operations,
                                    result.divergences, result.line, result.problem))
end

local function start(self, unit)
  unit.shown = {}
  local function told(kind, text)
    if kind == "divergence" then
      local line, operation, expected, got = string.unpack("<I4s4s4s4", text)
      table.insert(unit.shown, ("%s:%d: %s\n    expected: %s\n    got:      %s\n"):format(
        unit.path, line, operation, expected, got))
    elseif kind == "result" then
      unit.status, unit.operations, unit.divergences, unit.line, unit.problem =
        string.unpack("<s4I8I8I4s4", text)
    end
  end
  local function ended(outcome)
    unit.done, self.finished = true, self.finished + 1
    if unit.status then return end
    unit.status, unit.operations, unit.divergences, unit.line = "crashed", 0, 0, 0
    unit.problem = outcome.signal or outcome.errors ~= "" and outcome.errors or "ended early"
  end
  return self.pool:start {
    name = unit.path, work = function() replay_and_report(unit.path, self.chosen) end,
    told = told, ended = ended,
  }
end

-- What became of a trace: its divergences to stdout, what kept it from being
-- replayed to stderr.
local function give_out(self, unit)
  self.progress:hide()
  local summary = self.summary
  if unit.status == "unreadable" then
    summary.unreadable = summary.unreadable + 1
  else
    summary.files = summary.files + 1
  end
  summary.operations = summary.operations + unit.operations
  summary.divergences = summary.divergences + unit.divergences
  for _, text in ipairs(unit.shown) do io.write(text) end
  local more = unit.divergences - #unit.shown
  if more > 0 then
    io.write(("%s: and %d more %s\n"):format(unit.path, more, plural(more)))
  end
  io.stdout:flush()
  if unit.status == "done" then return end

  local place = unit.line > 0 and ("%s:%d"):format(unit.path, unit.line) or unit.path
  if unit.status == "unreadable" then
    output.complain(place .. ": " .. unit.problem)
  elseif unit.status == "no memory" then
    summary.unfinished = true
    output.complain(place .. ": " .. NO_MEMORY)
  else
    summary.broken = true
    output.complain(("%s: %s: %s; this is a bug in refchain; please report it with the trace"):format(
      place, unit.status == "broken" and "a heap invariant is broken" or "crashed", unit.problem))
  end
end

local function loop(self, units)
  local started, given = 0, 0
  while given < #units do
    while self.pool:has_room() and started < #units and start(self, units[started + 1]) do
      started = started + 1
    end
    if self.pool.problem then return end
    self.progress:show(("%d of %d traces  %s"):format(self.finished, #units, self.pool:names()[1] or ""))
    self.pool:wait(0.2)
    if host.interrupted() then
      self.interrupted = table.concat(self.pool:names(), ", ")
      self.pool:kill()
      return
    end
    while units[given + 1] and units[given + 1].done do
      given = given + 1
      give_out(self, units[given])
    end
  end
end

local function summarize(summary)
  local refused = summary.unreadable > 0 and (", %d could not be read"):format(summary.unreadable) or ""
  io.write(("%d %s, %d operations, %d %s%s\n"):format(
    summary.files, summary.files == 1 and "trace" or "traces", summary.operations,
    summary.divergences, plural(summary.divergences), refused))
end

local function print_again(chosen)
  chosen.keep_going, chosen.max = true, 0
  local path = chosen.print
  if host.kind(path) == "other" then
    output.complain(path .. ": " .. sources.NO_FILE)
    return 2
  end
  chosen.print = function(text) return io.write(text) ~= nil end
  local result = host.replay(path, chosen, function() end)
  if result.status == "done" then return 0 end
  if result.status == "unwritable" then return 2 end    -- of which the program tells
  local place = result.line > 0 and ("%s:%d"):format(path, result.line) or path
  local problem = result.status == "no memory" and NO_MEMORY or result.problem
  output.complain(("%s: %s"):format(place, problem ~= "" and problem or result.status))
  return result.status == "broken" and 4 or 2
end

local function replay_all(chosen, paths, problems)
  local self = {
    chosen = chosen, pool = pool.new(chosen.jobs or host.cores()), progress = progress.new(),
    finished = 0, summary = { files = 0, operations = 0, divergences = 0, unreadable = #problems },
  }
  local units = {}
  for i, path in ipairs(paths) do units[i] = { path = path } end
  host.catch_interrupt()
  loop(self, units)
  self.progress:hide()
  local summary = self.summary
  summarize(summary)
  if self.interrupted then
    local running = self.interrupted ~= "" and " while replaying " .. self.interrupted or ""
    output.complain("interrupted" .. running)
    return 130
  end
  if self.pool.problem then
    output.complain(self.pool.problem)
    return 2
  end
  if summary.broken then return 4 end
  if summary.unreadable > 0 or summary.unfinished then return 2 end
  return summary.divergences > 0 and 1 or 0
end

-- Settings as the replaying C function takes them.
local function plain(settings)
  local fields = {}
  for name, value in pairs(settings) do
    if type(value) == "boolean" then value = value and 1 or 0 end
    fields[name] = type(value) == "number" and { value } or value
  end
  return next(fields) ~= nil and fields or nil
end

return function(chosen)
  local settings, wrong = profile_names.settings(chosen.set)
  if not settings then
    output.complain(wrong)
    return 2
  end
  chosen.settings = plain(settings)
  chosen.max_memory = chosen.max_memory or pool.MEMORY
  if chosen.profile then
    if chosen.profile == "all" or chosen.profile:find(",", 1, true) then
      output.complain(("replay takes one profile, not '%s'"):format(chosen.profile))
      return 2
    end
    local profile, problem = profile_names.find(chosen.profile)
    if not profile then
      output.complain(problem)
      return 2
    end
  end
  if chosen.print then
    if chosen.settings then
      output.complain "--print does not go with --set: a trace names its profile, and has no room for settings"
      return 2
    end
    if #chosen.file > 0 then
      output.complain "--print takes one trace and no others"
      return 2
    end
    return print_again(chosen)
  end
  if #chosen.file == 0 then
    output.complain "which traces? Give files or folders; see 'refchain replay --help'"
    return 2
  end
  local paths, problems = sources.find(chosen.file, { ".trace", ".trace.gz" })
  for _, problem in ipairs(problems) do output.complain(problem) end
  if #paths > 0 then return replay_all(chosen, paths, problems) end
  if #problems > 0 then return 2 end
  output.complain "nothing to replay: no *.trace or *.trace.gz there"
  return 5
end
