-- The program: reads the command line and hands over.

local options = require "lab.options"

-- An empty command means the shell: `refchain`, `refchain -i FILE`.
local COMMANDS = {
  [""] = "lab.session", run = "lab.runner", replay = "lab.replay", profiles = "lab.profiles",
  help = "lab.help_command",
}

local function main(arguments)
  local chosen, problem = options.parse(arguments)
  if not chosen then
    io.stderr:write("refchain: ", problem, "\nTry 'refchain --help'.\n")
    return 2
  end
  return require(COMMANDS[chosen.command or ""])(chosen)
end

return function(arguments)
  local status = main(arguments)
  io.stdout:flush()
  return status
end
