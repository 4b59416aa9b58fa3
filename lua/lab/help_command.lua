-- `refchain help [WORD]`, where a word may be a command, too.

local help = require "lab.help"
local options = require "lab.options"

local PROGRAM = [=[
refchain                              the shell (or a script from standard input)
refchain -i FILE                      run a scenario and stay in the shell
refchain run FILE|DIR...              run scenarios
refchain run --record FILE.trace ...  write what a scenario did as a heap trace
refchain replay FILE.trace[.gz]...    replay heap traces, report each divergence
refchain replay --print FILE          write a trace again with this heap's results
refchain compare FILE|DIR...          what differs between profiles, and why
refchain step FILE                    go through a scenario step by step
refchain report FILE... -o BOOK.html  write scenarios as pages to step through
refchain profiles [NAME[,NAME...]]    the profiles, one in full, or where some differ
refchain help WORD                    help on a command or one of the words below

The options of each: refchain --help, refchain run --help and so on.

A scenario is a Lua file. A global that is assigned a heap object is a Python
name: it holds one counted reference. Everything else is plain Lua.

    v1 = list{11, 22, 33}
    v2 = list{44, 55, 66}
    v1:append(v2)
    v2:append(v1)
    expect_refcnt(v1, 2)
    del("v1", "v2")
    expect_collect(2)           -- the collector finds both lists

]=]

local function is_command(name)
  for _, command in ipairs(options.COMMANDS) do
    if command == name then return true end
  end
  return false
end

return function(chosen)
  if not chosen.word then
    io.write(PROGRAM, help.overview())
    return 0
  end
  if is_command(chosen.word) then options.parse { chosen.word, "--help" } end   -- shows it and ends
  local text, problem = help.on(chosen.word, options.COMMANDS)
  if not text then
    io.stderr:write("refchain: ", problem, "\n")
    return 2
  end
  io.write(text)
  return 0
end
