-- The shell, and scripts from standard input.  This runs in the scenario's Lua state,
-- where a scenario may have changed what strings can do: no methods of strings here.
--
-- No handle may be left in the loop's own variables: at the next line it would look as
-- if somebody still wanted the object.

local completion = require "lab.completion"
local core = require "refchain.core"
local guard = require "lab.guard"
local guest = require "lab.guest"
local help = require "lab.help"
local refchain = require "refchain"
local terminal = require "lab.terminal"
local words = require "refchain.words"

local find, gmatch, sub = string.find, string.gmatch, string.sub
local format, rep = string.format, string.rep

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

-- ------------------------------------------------------------------- words of the shell --

local leaving = {}

local function callable(f, text)
  return setmetatable({}, {
    __call = function(_, ...) return f(...) end,
    __tostring = function() return text end,
  })
end

-- A word may stand for its name: `about` gives the name of a function, or of a table of them.
local function give_help(name, about)
  if name == nil then
    io.write(help.SHELL, "\n", help.overview())
    return
  end
  if type(name) ~= "string" then name = about[name] end
  if not name then error('help takes a word or its name: help(list), help "list"', 0) end
  local text, problem = help.on(name)
  if not text then error(problem, 0) end
  io.write(text)
end

local function add_words(env, known, lab_words)
  local about = {}
  for name, value in pairs(lab_words) do
    if type(value) == "table" then about[value] = name end
  end
  for value, word in pairs(known) do about[value] = word.name end
  local function leave()
    error(leaving, 0)
  end
  env.help = callable(function(name) give_help(name, about) end, 'help() for an overview, help "word" for one word')
  env.exit = callable(leave, "exit() or Ctrl-D leaves")
  env.quit = callable(leave, "quit() or Ctrl-D leaves")
end

-- ----------------------------------------------------------------------------- values --

local session = {}
session.__index = session

-- The entry of each word that is a function, by that function.
local function words_by_value(lab_words)
  local found = {}
  for _, word in ipairs(words) do
    local value = lab_words
    for name in gmatch(word.name, "[^.]+") do value = type(value) == "table" and rawget(value, name) end
    if type(value) == "function" then found[value] = word end
  end
  return found
end

-- This heap and those that globals name: what refchain.inside gives of each.
function session:heaps()
  local found = { self.inside }
  for _, value in next, debug.getmetatable(self.env).__index do
    local inside = refchain.inside(value)
    if inside and inside ~= self.inside then found[#found + 1] = inside end
  end
  return found
end

local function profile_text(inside)
  local profile = inside.words.heap.profile
  local lines, sources = { "profile " .. profile.name }, profile.sources
  for _, field in ipairs(core.profiles()[1]) do
    local value, source = inside.printer.brief(profile[field.name]), sources[field.name]
    lines[#lines + 1] = format("  %-24s %s%s", field.name, value, source == "yours" and "  [yours]" or "")
  end
  return table.concat(lines, "\n")
end

-- An object of a heap that no global names has its title for a text.
function session:object_text(value)
  for _, inside in ipairs(self:heaps()) do
    local done, text = self.words.pcall(inside.printer.line, value)
    if done then return text end
  end
  return self.printer.title(value) .. " of another heap"
end

function session:text(value)
  if core.is_handle(value) then return self:object_text(value) end
  if self.known[value] then return help.in_short(self.known[value]) end
  if type(value) == "table" then
    for _, inside in ipairs(self:heaps()) do
      if rawequal(value, inside.words.heap.profile) then return profile_text(inside) end
    end
  end
  return self.printer.line(value)
end

function session:show(...)
  local count = select("#", ...)
  for i = 1, count do
    local value = (select(i, ...))
    if value ~= nil or count > 1 then io.write(self:text(value), "\n") end
  end
end

-- ----------------------------------------------------------------------------- errors --

-- An error's text without its place, if that is the only line there is to blame.
local function without_place(text, place)
  if place and sub(text, 1, #place) == place then return sub(text, #place + 1) end
  return text
end

-- What went wrong, in a line or two.
function session:describe(how, problem, where)
  if how == "memory" then return "not enough memory" .. (where ~= "" and " at " .. where or "") end
  local reason = refchain.skipped(problem)
  if reason then return "skipped: " .. reason end
  if type(problem) == "string" then
    return refchain.hint(self.env, without_place(problem, self.place))
  end
  local told, text = self.call(self.words.tostring, problem)
  return "error: " .. (told == "ok" and text or "a " .. type(problem))
end

-- ------------------------------------------------------------------------- evaluation --

-- Take what a guarded call gives; false when it wants to leave.
function session:settle(how, problem, where)
  if how == "ok" then return true end
  if problem == leaving then return false end
  io.stdout:flush()
  complain(self:describe(how, problem, where))
  return true
end

-- Let go, run a chunk and show its values: all of this may run the scenario's code.
function session:evaluate(chunk)
  local goes_on = self:settle(self.call(function()
    self.lab:let_go()
    self:show(chunk())
  end))
  io.stdout:flush()
  return goes_on
end

local function unfinished(problem)
  return find(problem, "near <eof>$") and not find(problem, "unfinished string near <eof>$")
end

-- The lines typed so far as a chunk; or nil, and the error, or nothing if more lines
-- are needed.  Places in it are those of the session: shell:LINE.
function session:compile(text, first)
  local before = rep("\n", first - 1)
  local chunk, problem = refchain.load(before .. "return " .. text, "=shell", self.env)
  if chunk then return chunk end
  local more = unfinished(problem)
  chunk, problem = refchain.load(before .. text, "=shell", self.env)
  if chunk then return chunk end
  return nil, not (more or unfinished(problem)) and problem or nil
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
    self.place = self.line == first and format("shell:%d: ", first) or nil
    if chunk then return chunk end
    if problem then
      complain("syntax error: " .. without_place(problem, self.place))
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
  return guest.make_folders(folder, true) and folder .. "/history" or nil
end

function session:converse()
  local reader <close>, trouble = terminal.open {
    history = history_path(),
    complete = function(text) return completion.find(self.env, text) end,
  }
  if trouble then complain(trouble .. "; lines are not kept") end
  self.line = 0
  while true do
    local chunk, goes_on = self:read_chunk(reader)
    if chunk then goes_on = self:evaluate(chunk) end
    if not goes_on then return end
  end
end

-- --------------------------------------------------------------------------------- all --

-- Run a script; "good", "failed", or "leave" when it has called exit().
function session:run_script(script)
  local chunk, problem = refchain.load(script.text, script.chunk, self.env)
  if not chunk then
    complain("syntax error: " .. problem)
    return "failed"
  end
  local how, value, where = self.call(chunk)
  if not self:settle(how, value, where) then return "leave" end
  return (how == "ok" or refchain.skipped(value)) and "good" or "failed"
end

-- The end of the session: names are released, and all must be in order.
function session:finish()
  local lab = self.lab
  self:settle(self.call(function() lab:finish() end))
  local broken = lab:check()
  if broken then
    complain(format("a heap invariant is broken: %s; this is a bug in refchain; please report it", broken))
  end
  lab:close()
  return not broken
end

local function open(job)
  local env = refchain.new {
    own_state = true, profile = job.profile, settings = job.settings, seed = job.seed, trusted = job.trusted,
    memory_limit = job.memory, ledger = job.ledger, story = tell,
    output = function(text) io.write(text) end,
    write = function(text)
      io.stdout:flush()
      io.stderr:write(text)
    end,
  }
  local inside = refchain.inside(env)
  local known = words_by_value(inside.words)
  add_words(env, known, inside.words)
  return setmetatable({
    env = env, inside = inside, lab = inside.lab, words = inside.words, printer = inside.printer,
    known = known, call = guard.new(inside.words),
  }, session)
end

-- Run `job.scripts`, then converse if `job.interactive`; the exit status.
function shell.main(job)
  local self = open(job)
  local state = "good"

  if job.interactive then
    local title = format("Refchain %s, profile %s: %s", job.version, job.name, job.summary)
    io.write(help.fill(title, ""), "\n",
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
