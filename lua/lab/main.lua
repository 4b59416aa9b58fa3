-- The program: reads the command line and hands over.

-- An empty command means the shell: `refchain`, `refchain -i FILE`.
local COMMANDS = {
  [""] = "lab.session", run = "lab.runner", replay = "lab.replay", compare = "lab.compare",
  step = "lab.step", report = "lab.report", profiles = "lab.profiles", help = "lab.help_command",
}

-- Which Debian package a Lua module comes from.
local PACKAGES = { argparse = "lua-argparse", dkjson = "lua-dkjson" }

-- A module of the program; nil, after a message, when one that it needs is not installed.
local function load_module(name)
  local loaded, module = pcall(require, name)
  if loaded then return module end
  local missing = tostring(module):match "module '([^']*)' not found"
  if not PACKAGES[missing] then error(module, 0) end
  io.stderr:write(("refchain: the Lua module '%s' is not installed; on Debian: apt-get install %s\n"):format(
    missing, PACKAGES[missing]))
  return nil
end

local function main(arguments)
  local options = load_module "lab.options"
  if not options then return 2 end
  local chosen, problem = options.parse(arguments)
  if not chosen then
    io.stderr:write("refchain: ", problem, "\nTry 'refchain --help'.\n")
    return 2
  end
  local command = load_module(COMMANDS[chosen.command or ""])
  return command and command(chosen) or 2
end

return function(arguments)
  local status = main(arguments)
  return require "lab.output".finish(status)
end
