-- The program, as a user meets it: in a folder of its own, with its output, its errors
-- and its exit status.
--
--     local folder <close> = program.folder { ["a.lua"] = "print(1)" }
--     local result = folder:run "run a.lua"
--     result.out, result.err, result.status

local machine = require "machine"

local program = {}
local quote = machine.quote

local path = os.getenv "REFCHAIN" or "build/refchain"
program.path = path:sub(1, 1) == "/" and path or machine.here .. "/" .. path

local folder = {}
folder.__index = folder

-- A new folder with these files.
function program.folder(files)
  local name = os.tmpname()
  os.remove(name)
  assert(os.execute("mkdir -p " .. quote(name)))
  local self = setmetatable({ name = name }, folder)
  for file, text in pairs(files or {}) do self:write(file, text) end
  return self
end

function folder:write(file, text)
  local parent = file:match "^(.*)/"
  if parent then assert(os.execute("mkdir -p " .. quote(self.name .. "/" .. parent))) end
  machine.write(self.name .. "/" .. file, text)
end

function folder:read(file) return (assert(machine.read(self.name .. "/" .. file), file)) end

-- Run a shell command in the folder; the program is $REFCHAIN.
function folder:shell(command, input)
  self:write(".in", input or "")
  local line = ("cd %s && REFCHAIN=%s XDG_STATE_HOME=%s && export REFCHAIN XDG_STATE_HOME && "
                .. "{ %s; } <.in >.out 2>.err"):format(
    quote(self.name), quote(program.path), quote(self.name .. "/.state"), command)
  local _, _, status = os.execute(line)
  return { out = self:read ".out", err = self:read ".err", status = status }
end

-- Run the program with these arguments, as a shell takes them.
function folder:run(arguments, input)
  return self:shell('"$REFCHAIN" ' .. arguments, input)
end

-- Run the program on a terminal; `typing` is shell code that writes what is typed.
-- What the terminal shows comes back as `out`.  The program takes the place of the shell
-- that `script` starts (any `$SHELL`): one that stays would see Ctrl-C, too, and end with 130.
function folder:terminal(arguments, typing)
  local command = ('{ %s; } | TERM=xterm script -qec "exec $REFCHAIN %s" /dev/null'):format(typing, arguments)
  return self:shell(command)
end

-- Whether there is the tool that makes a terminal.
program.has_terminal = (os.execute "command -v script >/dev/null 2>&1") == true

function folder:close()
  os.execute("rm -rf " .. quote(self.name))
end
folder.__close = folder.close

return program
