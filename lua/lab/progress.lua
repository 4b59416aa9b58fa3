-- One status line on a terminal's standard error; nothing anywhere else.

local host = require "lab.host"
local output = require "lab.output"

local progress = {}
progress.__index = progress

function progress.new()
  local shown = host.is_terminal(2) and os.getenv "TERM" ~= "dumb"
  return setmetatable({ on = shown, visible = false }, progress)
end

function progress:show(text)
  if not self.on then return end
  io.stdout:flush()
  io.stderr:write("\r\27[K", (host.fit(output.plain(text), host.columns() - 1)))
  self.visible = true
end

-- Before anything else is written.
function progress:hide()
  if self.visible then io.stderr:write "\r\27[K" end
  self.visible = false
end

return progress
