-- The shell, and scripts from standard input.  This runs in the scenario's Lua state,
-- where a scenario may have changed what strings can do: no methods of strings here.
--
-- No handle may be left in the loop's own variables: at the next line it would look as
-- if somebody still wanted the object.

local completion = require "lab.completion"
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
  local reason = refchain.skipped and refchain.skipped(problem)
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

local function print_values(py, how, ...)
  if how ~= "ok" then
    local problem, where = ...
    if problem == leaving then return false end
    complain(describe(how, problem, where))
    return true
  end
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if value ~= nil or select("#", ...) > 1 then io.write(py:line(value), "\n") end
  end
  return true
end

-- Run a chunk and show its values; false when it wants to leave.
local function evaluate(py, chunk)
  local goes_on = print_values(py, guest.call(chunk))
  io.stdout:flush()
  return goes_on
end

-- Lines until they make a chunk: the chunk, or nil and why not ("end", "interrupt",
-- "error").  Places in it are those of the session: shell:LINE.
local function read_chunk(reader, env, position)
  local text, prompt = nil, ">>> "
  while true do
    local line, why = reader:read(prompt)
    if not line then return nil, text and why == "end" and "interrupt" or why end
    position.line = position.line + 1
    if find(line, "%S") then reader:remember(line) end
    text = text and text .. "\n" .. line or line
    position.first = position.first or position.line
    local before = rep("\n", position.first - 1)
    local chunk = load(before .. "return " .. text, "=shell", "t", env)
    local problem
    if not chunk then chunk, problem = load(before .. text, "=shell", "t", env) end
    if chunk then return chunk end
    if not find(problem, "<eof>$") then
      complain("syntax error: " .. gsub(problem, "^shell:%d+: ", ""))
      return nil, "error"
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

local function converse(py, env)
  local reader <close> = terminal.open {
    history = history_path(),
    complete = function(text) return completion.find(env, text) end,
  }
  local position = { line = 0 }
  while true do
    position.first = nil
    local chunk, why = read_chunk(reader, env, position)
    if why == "end" then return end
    if chunk then
      py:let_go()
      if not evaluate(py, chunk) then return end
    end
  end
end

-- --------------------------------------------------------------------------------- all --

-- The script before the first prompt; false when it has failed, nil when it leaves.
local function run_script(job, env)
  local chunk, problem = load(job.text, job.chunk, "t", env)
  if not chunk then
    complain("syntax error: " .. problem)
    return false
  end
  local how, value, where = guest.call(chunk)
  if how == "ok" then return true end
  if value == leaving then return nil end
  complain(describe(how, value, where))
  return refchain.skipped and refchain.skipped(value) ~= nil or false
end

-- Run `job.text`, then converse if `job.interactive`; the exit status.
function shell.main(job)
  local py = refchain.new {
    profile = job.profile, seed = job.seed, trusted = job.trusted, memory_limit = job.memory,
    output = function(text) io.write(text) end,
    write = function(text)
      io.stdout:flush()
      io.stderr:write(text)
    end,
    story = tell,
  }
  local env = py:env()
  add_words(env)
  local status = 0
  if job.interactive then
    io.write(format("Refchain %s, profile %s: %s\n", job.version, job.profile, job.summary),
             "help() helps, Ctrl-D leaves.\n")
  end
  local good = true
  if job.chunk then good = run_script(job, env) end
  if job.interactive and good ~= nil then
    converse(py, env)
  elseif good == false then
    status = 1
  end
  local how, problem, where = guest.call(function() py:finish() end)
  if how ~= "ok" then complain(describe(how, problem, where)) end
  local broken = py:check()
  if broken then
    complain(format("a heap invariant is broken: %s; this is a bug in refchain; please report it", broken))
    status = 4
  end
  py:close()
  io.stdout:flush()
  return status
end

return shell
