-- `refchain run --record FILE`: where the traces of tests go, and what becomes of them.
--
-- A trace is written to a file beside its own, replayed there, and then renamed: there
-- is a whole one that replays to the same results, or none.

local file_names = require "lab.file_names"
local host = require "lab.host"

local recording = {}
recording.__index = recording

-- For a file or folder that --record names; nil and what is wrong with it.  `ending` is that
-- of the files in a folder, "trace" if left out.  "-" would elsewhere mean standard output,
-- which has the results.
function recording.new(target, ending)
  if target == "-" then
    return nil, "-: a file or a folder is expected; what is written cannot go to the standard output (./- is a file)"
  end
  local is_folder = target:sub(-1) == "/" or host.kind(target) == "folder"
  if is_folder then
    local folder = target:gsub("/+$", "")
    local made, problem = host.make_folders(folder == "" and "/" or folder)
    if not made then return nil, ("%s: %s"):format(target, problem) end
    target = folder
  end
  return setmetatable({
    target = target, is_folder = is_folder, names = file_names.new(), refused = 0, ending = ending or "trace",
  }, recording)
end

-- The file of a test, by the test's name: "a/b.lua::test_x [3.8]" -> "a-b-test_x.3.8.trace".
function recording:path(name)
  if not self.is_folder then return self.target end
  return ("%s/%s.%s"):format(self.target, self.names:of(name), self.ending)
end

local function part_of(path) return path .. ".part" end

-- In a test's process, before the scenario starts: true, or nil and why not.
function recording.begin(path)
  os.remove(part_of(path))
  local opened, problem = host.open_recording(part_of(path), path:sub(-3) == ".gz")
  if opened then return true end
  return nil, ("%s: %s"):format(path, problem)
end

-- Why the trace does not replay to the same results, or nil.
local function divergence(path)
  local found
  local result = host.replay(path, { max = 1 }, function(line, operation, expected, got)
    found = ("line %d, '%s', gave %s and gives %s"):format(line, operation, expected, got)
  end)
  if found then return found end
  if result.status == "done" then return nil end
  return ("line %d: %s"):format(result.line, result.problem ~= "" and result.problem or result.status)
end

-- There again, when the scenario is done: nothing, or why there is no trace.  `written`
-- and `why` are what the scenario's side has said.
function recording.finish(path, written, why)
  local part = part_of(path)
  local closed, problem = host.close_recording()
  if not written then
    problem = why or "write error"
  elseif closed then
    local found = divergence(part)
    problem = found and "the trace does not replay to the same results: " .. found
    if not problem then
      local renamed, unable = os.rename(part, path)
      if renamed then return nil end
      problem = unable
    end
  end
  os.remove(part)
  return problem
end

-- In the parent, when the process has ended, however it did.
function recording.clear(path) os.remove(part_of(path)) end

return recording
