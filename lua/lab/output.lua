-- The program's standard output: whether all of it got out; its complaints; and texts made safe
-- to show.

local host = require "lab.host"

local output = {}

-- The exit status: `status`, unless something could not be written.
function output.finish(status)
  local written, problem = host.flush()
  if written then return status end
  io.stderr:write("refchain: cannot write to standard output: ", problem, "\n")
  return 2
end

-- Control characters other than newline and tab, as \xNN: they would be orders to a
-- terminal.
function output.plain(text)
  text = text:gsub("[\0-\8\11-\31\127]", function(c) return ("\\x%02X"):format(c:byte()) end)
  return (text:gsub("\xC2([\x80-\x9F])", function(c) return ("\\u{%X}"):format(c:byte()) end))
end

-- What is wrong, on standard error.
function output.complain(text) io.stderr:write("refchain: ", output.plain(text), "\n") end

return output
