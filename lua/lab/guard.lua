-- Calls into a scenario, under the limits of its process.  This runs in the scenario's
-- Lua state.

local guest = require "lab.guest"

local guard = {}

-- A function call(f, …) for the scenario whose words these are.  It returns "ok" and
-- the results; or "error", "memory", "timeout" or "interrupted", the error, and
-- FILE:LINE of where it was raised, if that is known.
function guard.new(words)
  local xpcall = words.xpcall           -- gives back what words held when an error ends them

  local function settle(how, good, ...)
    if how == "ok" and good then return "ok", ... end
    local raised, refused = guest.places()
    if how ~= "ok" then return how, good, how == "memory" and refused or "" end
    if ... == "not enough memory" then return "memory", (...), refused end
    return "error", (...), raised
  end

  return function(f, ...)
    return settle(guest.call(xpcall, f, guest.note, ...))
  end
end

return guard
