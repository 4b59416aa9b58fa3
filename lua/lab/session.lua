-- The shell's side in the program: `refchain`, `refchain -i FILE`, and a script on
-- standard input.

local host = require "lab.host"
local profile_names = require "lab.profile_names"
local sources = require "lab.sources"

local function complain(text) io.stderr:write("refchain: ", text, "\n") end

-- What the shell should run before it asks, or nil and what is wrong.
local function first_script(chosen)
  if chosen.interactive then
    local text, problem = sources.read(chosen.interactive)
    return text, problem, "@" .. chosen.interactive
  end
  if host.is_terminal(0) then return "" end
  local text, problem = sources.check("stdin", io.read "a" or "")
  return text, problem, "=stdin"
end

return function(chosen)
  local profile, unknown = profile_names.find(chosen.profile or "3.8")
  if not profile then
    complain(unknown)
    return 2
  end
  local text, problem, chunk = first_script(chosen)
  if not text then
    complain(problem)
    return 2
  end
  local state <close> = host.scenario()
  state:limit { memory = chosen.max_memory }
  local interactive = host.is_terminal(0)
  if interactive then host.catch_interrupt() end
  return state:call("lab.shell", "main", {
    profile = profile.name, seed = chosen.seed or 0, trusted = chosen.trusted,
    memory = chosen.max_memory, text = text, chunk = chunk, interactive = interactive,
    version = host.version, summary = profile.summary,
  })
end
