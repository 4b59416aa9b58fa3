-- One status line on a terminal's standard error; nothing anywhere else.

local host = require "lab.host"

local progress = {}
progress.__index = progress

function progress.new()
  local shown = host.is_terminal(2) and os.getenv "TERM" ~= "dumb"
  return setmetatable({ on = shown, visible = false }, progress)
end

function progress:show(text)
  if not self.on then return end
  local width = host.columns() - 1
  if utf8.len(text) and utf8.len(text) > width then
    text = text:sub(1, utf8.offset(text, width) - 1) .. "…"
  end
  io.stdout:flush()
  io.stderr:write("\r\27[K", text)
  self.visible = true
end

-- Before anything else is written.
function progress:hide()
  if self.visible then io.stderr:write "\r\27[K" end
  self.visible = false
end

return progress
