-- `refchain run --events FILE --perfetto FILE --snapshot FILE`: where what is exported of
-- tests goes, and what becomes of it.
--
-- A test's process opens its files before the scenario starts and closes them when it is
-- done.  Of a test that is killed there is what was written until then.

local host = require "lab.host"
local recording = require "lab.recording"

local exports = {}

-- Option, number of the file, how the files in a folder end, what one holds.
local KINDS = {
  { name = "events", number = 1, ending = "jsonl", what = "events" },
  { name = "perfetto", number = 2, ending = "perfetto.json", what = "trace" },
  { name = "snapshot", number = 3, ending = "snapshot.json", what = "snapshot" },
}

local function is_database(path)
  return path:find "%.sqlite3?$" ~= nil or path:find "%.db$" ~= nil
end

-- The targets that the options name, in a sequence; or nil and what is wrong with one.
function exports.chosen(chosen)
  local found = {}
  for _, kind in ipairs(KINDS) do
    local path = chosen[kind.name]
    if path then
      local target, problem = recording.new(path, kind.ending)
      if not target then return nil, problem end
      target.kind, target.option = kind, "--" .. kind.name
      found[#found + 1] = target
    end
  end
  return found
end

-- The files of one test: a sequence of { kind =, path = }.
function exports.files(targets, name)
  local files = {}
  for i, target in ipairs(targets) do files[i] = { kind = target.kind, path = target:path(name) } end
  return files
end

local function complain(problems, file, problem)
  problems[#problems + 1] = ("%s: %s"):format(file.path, problem)
end

-- In a test's process, before the scenario starts: name of the kind -> number of the file,
-- and a sequence of what is wrong.
function exports.begin(files)
  local opened, problems = {}, {}
  for _, file in ipairs(files) do
    local database = file.kind.name == "snapshot" and is_database(file.path)
    local done, problem = host.open_export(file.kind.number, file.path, database)
    if done then
      opened[file.kind.name], file.opened = file.kind.number, true
      opened.sql = opened.sql or database
    else
      complain(problems, file, problem)
    end
  end
  return opened, problems
end

-- There again, when the scenario is done.  `wanted` is false when nothing is to be left, as
-- of a file that only defines tests; `refused` has what the scenario's side has to say.
function exports.finish(files, wanted, refused)
  local problems = {}
  for _, file in ipairs(files) do
    if file.opened then
      local done, problem = host.close_export(file.kind.number)
      if not wanted then
        os.remove(file.path)
      elseif not done then
        complain(problems, file, problem)
      elseif refused and refused[file.kind.name] then
        complain(problems, file, refused[file.kind.name])
      end
    end
  end
  return problems
end

return exports
