-- The shell's side in the program: `refchain`, `refchain -i FILE`, and a script on
-- standard input.

local core = require "refchain.core"
local host = require "lab.host"
local output = require "lab.output"
local profile_names = require "lab.profile_names"
local sources = require "lab.sources"

-- The scripts to run before the first prompt (stdin is one if it is no terminal), or nil
-- and what is wrong with one.
local function read_scripts(chosen, interactive)
  local scripts = {}
  if chosen.interactive then
    local text, problem = sources.read(chosen.interactive)
    if not text then return nil, problem end
    scripts[1] = { text = text, chunk = "@" .. chosen.interactive }
  end
  if not interactive then
    local text, problem = io.read "a"
    if not text then return nil, "stdin: " .. problem end
    text, problem = sources.check("stdin", text)
    if not text then return nil, problem end
    scripts[#scripts + 1] = { text = text, chunk = "=stdin" }
  end
  return scripts
end

return function(chosen)
  if chosen.profile and chosen.profile:find(",", 1, true) or chosen.profile == "all" then
    output.complain(("the shell takes one profile, not '%s'"):format(chosen.profile))
    return 2
  end
  local base, unknown = profile_names.find(chosen.profile or "3.8")
  local settings, wrong = profile_names.settings(chosen.set)
  if not (base and settings) then
    output.complain(unknown or wrong)
    return 2
  end
  local profile = core.profile(base.name, settings)
  local interactive = host.is_terminal(0)
  local scripts, problem = read_scripts(chosen, interactive)
  if not scripts then
    output.complain(problem)
    return 2
  end
  local state <close> = host.scenario()
  state:limit { memory = chosen.max_memory }
  if interactive then host.catch_interrupt() end
  return state:call("lab.shell", "main", {
    profile = base.name, settings = settings, name = profile.name, seed = chosen.seed or 0,
    trusted = chosen.trusted or false, memory = chosen.max_memory,
    ledger = chosen.ledger or interactive, scripts = scripts,
    interactive = interactive, version = host.version, summary = profile.summary,
  })
end
