-- Graphviz's `dot` through a pipe, for layout.places; it may be missing.

local core = require "refchain.core"

local SECONDS = 5

local REASONS = {
  missing = "Graphviz's program dot is not on the PATH (Debian: graphviz)",
  timeout = "Graphviz's program dot took longer than " .. SECONDS .. " seconds",
}

-- What dot makes of `input` in its plain format; nil, the reason and its kind if there is none.
return function(input)
  local output, kind, detail = core.pipe({ "dot", "-Tplain" }, input, SECONDS)
  if output then return output end
  return nil, REASONS[kind] or "Graphviz's program dot failed: " .. detail, kind
end
