-- What became of a test's process: its messages, and its end.

local outcomes = {}

outcomes.FAILED = { failed = true, crashed = true, ["timed out"] = true, ["out of memory"] = true }

-- The names of a file's tests, from its process's message.
function outcomes.tests(text)
  local names, at = {}, 1
  while at <= #text do names[#names + 1], at = string.unpack("<s4", text, at) end
  return names
end

-- Take a message about the outcome into a test's record.
function outcomes.told(record, kind, text)
  if kind == "result" then
    record.status, record.message, record.where, record.expectations, record.steps =
      string.unpack("<s4s4s4I4I4", text)
  elseif kind == "timeout" then
    record.status, record.message = "timed out", text
  elseif kind == "crash" then
    record.where = text
  elseif kind == "broken" then
    record.broken = text
  end
end

-- The status of a test whose process has not given one.
local function judge_end(record, outcome, timeout)
  if record.status then return end
  local sanitizer = outcome.errors:match "ERROR: (%a+Sanitizer: [^\n]*)"
  if outcome.killed then
    record.status = "timed out"
    record.message = ("timed out after %g s (the process did not answer)"):format(timeout)
  elseif outcome.signal or sanitizer then
    record.status = "crashed"
    record.message = "crashed: " .. (sanitizer or outcome.signal)
    if record.where and record.where ~= "" then
      record.message = record.message .. " at " .. record.where
    end
  else
    record.status = "failed"
    record.message = ("the process ended by itself, with status %d"):format(outcome.status)
  end
end

-- Whether a message begins with a place in the scenario; `where` is one.
local function has_own_place(message, path, where)
  local file = message:match "^([^\n]-):%d+:"
  if not file then return false end
  local tail = file:match "^%.%.%.(.+)"                 -- Lua cuts long names
  return file == path or tail and path:sub(-#tail) == tail or file == where:match "^(.*):%d+$"
         or file:find "^%[string " ~= nil
end

-- An error that does not say where in the scenario it was raised gets told so; one of
-- our own files, or of a library, is no such place.
local function with_place(record)
  local where, message = record.where or "", record.message or ""
  if record.status == "out of memory" and message:find "^out of memory" then
    if where ~= "" then record.message = ("%s at %s"):format(message, where) end
  elseif record.status == "out of memory" or record.status == "failed" then
    if has_own_place(message, record.file, where) then return end
    message = message:gsub("^%[refchain[^\n]-:%d+: ", ""):gsub("^/[^\n]-/luaunit%.lua:%d+: ", "")
    if where ~= "" then message = where .. ": " .. message end
    record.message = message
  end
end

-- The process has ended: complete the record's status and message.
function outcomes.settle(record, outcome, timeout)
  judge_end(record, outcome, timeout)
  with_place(record)
  if not record.broken then return end
  record.status = "failed"
  record.message = ("a heap invariant is broken: %s; this is a bug in refchain; please report it "
                    .. "with the scenario"):format(record.broken)
end

return outcomes
