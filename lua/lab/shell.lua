-- The shell, and scripts from standard input.  This runs in the scenario's Lua state,
-- where a scenario may have changed what strings can do: no methods of strings here.
--
-- No handle may be left in the loop's own variables: at the next line it would look as
-- if somebody still wanted the object.

local completion = require "lab.completion"
local guard = require "lab.guard"
local guest = require "lab.guest"
local help = require "lab.help"
local refchain = require "refchain"
local terminal = require "lab.terminal"

local find, gsub, format, rep = string.find, string.gsub, string.format, string.rep

local SHELL_HELP = [[
Type Lua; the value of an expression is printed. A global that is assigned a
heap object is a Python name and holds a reference; a local lasts for its line.

    >>> v1 = list{11, 22, 33}
    >>> refcnt(v1)
    1

Tab completes, Ctrl-C interrupts a line, Ctrl-D or exit() leaves. What nobody
refers to any more is let go when a new line begins.

help "word" tells more about any of these:

]]

local shell = {}

-- ---------------------------------------------------------------------------- output --

local function paint(code, text)
  local no_colour = os.getenv "NO_COLOR"
  if not guest.is_terminal(1) or no_colour and no_colour ~= "" or os.getenv "TERM" == "dumb" then
    return text
  end
  return format("\27[%sm%s\27[0m", code, text)
end

local function tell(kind, text)
  if kind == "scenario" then io.write(paint("1", text), "\n") end
  if kind == "step" then io.write(paint("2", "-- " .. text), "\n") end
end

local function complain(text)
  io.stdout:flush()
  io.stderr:write(guest.is_terminal(2) and paint("31", text) or text, "\n")
end

-- What went wrong, in a line or two; the number of the only line says nothing new.
local function describe(how, problem, where)
  if how == "memory" then return "not enough memory" .. (where ~= "" and " at " .. where or "") end
  local reason = refchain.skipped(problem)
  if reason then return "skipped: " .. reason end
  if type(problem) ~= "string" then return "error: " .. tostring(problem) end
  return (gsub(problem, "^shell:%d+: ", ""))
end

-- ------------------------------------------------------------------- words of the shell --

local leaving = {}

local function callable(f, text)
  return setmetatable({}, {
    __call = function(_, ...) return f(...) end,
    __tostring = function() return text end,
  })
end

local function give_help(name)
  if name == nil then
    io.write(SHELL_HELP, help.overview())
    return
  end
  local text, problem = help.on(tostring(name))
  if not text then error(problem, 0) end
  io.write(text)
end

local function add_words(env)
  local function leave()
    error(leaving, 0)
  end
  env.help = callable(give_help, 'help() for an overview, help "word" for one word')
  env.exit = callable(leave, "exit() or Ctrl-D leaves")
  env.quit = callable(leave, "quit() or Ctrl-D leaves")
end

-- --------------------------------------------------------------------------- evaluation --

local session = {}
session.__index = session

function session:print_values(how, ...)
  if how ~= "ok" then
    local problem, where = ...
    if problem == leaving then return false end
    complain(describe(how, problem, where))
    return true
  end
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if value ~= nil or select("#", ...) > 1 then io.write(self.printer.line(value), "\n") end
  end
  return true
end

-- Run a chunk and show its values; false when it wants to leave.
function session:evaluate(chunk)
  local goes_on = self:print_values(self.call(chunk))
  io.stdout:flush()
  return goes_on
end

-- The lines typed so far as a chunk; or nil, and the error, or nothing if more lines
-- are needed.  Places in it are those of the session: shell:LINE.
function session:compile(text, first)
  local before = rep("\n", first - 1)
  local chunk = load(before .. "return " .. text, "=shell", "t", self.env)
  if chunk then return chunk end
  local problem
  chunk, problem = load(before .. text, "=shell", "t", self.env)
  if chunk then return chunk end
  return nil, not find(problem, "<eof>$") and gsub(problem, "^shell:%d+: ", "") or nil
end

-- Read lines until they make a chunk: the chunk, or nil and whether to go on.
function session:read_chunk(reader)
  local text, first, prompt = nil, self.line + 1, ">>> "
  while true do
    local line, why = reader:read(prompt)
    if not line then return nil, why == "interrupt" or text ~= nil end
    self.line = self.line + 1
    if find(line, "%S") then reader:remember(line) end
    text = text and text .. "\n" .. line or line
    local chunk, problem = self:compile(text, first)
    if chunk then return chunk end
    if problem then
      complain("syntax error: " .. problem)
      return nil, true
    end
    prompt = "... "
  end
end

local function history_path()
  local base = os.getenv "XDG_STATE_HOME"
  if not base or base == "" then
    local home = os.getenv "HOME"
    if not home or home == "" then return nil end
    base = home .. "/.local/state"
  end
  local folder = base .. "/refchain"
  return guest.make_folders(folder) and folder .. "/history" or nil
end

function session:converse()
  local reader <close> = terminal.open {
    history = history_path(),
    complete = function(text) return completion.find(self.env, text) end,
  }
  self.line = 0
  while true do
    local chunk, goes_on = self:read_chunk(reader)
    if chunk then
      self.lab:let_go()
      goes_on = self:evaluate(chunk)
    end
    if not goes_on then return end
  end
end

-- --------------------------------------------------------------------------------- all --

-- Run a script; "good", "failed", or "leave" when it has called exit().
function session:run_script(script)
  local chunk, problem = load(script.text, script.chunk, "t", self.env)
  if not chunk then
    complain("syntax error: " .. problem)
    return "failed"
  end
  local how, value, where = self.call(chunk)
  if how == "ok" then return "good" end
  if value == leaving then return "leave" end
  complain(describe(how, value, where))
  return refchain.skipped(value) and "good" or "failed"
end

-- The end of the session: names are released, and all must be in order.
function session:finish()
  local lab = self.lab
  local how, problem, where = self.call(function() lab:finish() end)
  if how ~= "ok" then complain(describe(how, problem, where)) end
  local broken = lab:check()
  if broken then
    complain(format("a heap invariant is broken: %s; this is a bug in refchain; please report it", broken))
  end
  lab:close()
  return not broken
end

local function open(job)
  local env = refchain.new {
    own_state = true, profile = job.profile, seed = job.seed, trusted = job.trusted,
    memory_limit = job.memory, story = tell,
    output = function(text) io.write(text) end,
    write = function(text)
      io.stdout:flush()
      io.stderr:write(text)
    end,
  }
  add_words(env)
  local inside = refchain.inside(env)
  return setmetatable({
    env = env, lab = inside.lab, printer = inside.printer, call = guard.new(inside.words),
  }, session)
end

-- Run `job.scripts`, then converse if `job.interactive`; the exit status.
function shell.main(job)
  local self = open(job)
  local state = "good"

  if job.interactive then
    io.write(format("Refchain %s, profile %s: %s\n", job.version, job.profile, job.summary),
             "help() helps, Ctrl-D leaves.\n")
  end
  for _, script in ipairs(job.scripts) do
    if state == "good" or job.interactive and state ~= "leave" then state = self:run_script(script) end
  end
  if job.interactive and state ~= "leave" then self:converse() end
  local whole = self:finish()
  io.stdout:flush()
  if not whole then return 4 end
  return state == "failed" and not job.interactive and 1 or 0
end

return shell
