-- What tools below tests/ need of the machine: commands and files.

local machine = {}

-- A text as one word of a shell's command.
function machine.quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- What a command prints; whether it ended with 0.
function machine.output_of(command)
  local pipe <close> = assert(io.popen(command))
  local text = pipe:read "a"
  return text, (pipe:close())
end

-- The folder in which this was started.
machine.here = machine.output_of("pwd"):match "[^\n]*"

-- Whether there is such a program.
function machine.has(program)
  return (os.execute(("command -v %s >/dev/null"):format(machine.quote(program)))) == true
end

function machine.exists(path)
  local file <close> = io.open(path)
  return file ~= nil
end

function machine.read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

function machine.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

return machine
