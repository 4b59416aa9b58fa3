-- Recording on an interpreter, replaying here, and telling what becomes of a trace.
--
-- `recorder` has record(self, paths, folder, seed), as tests/verify/python.lua gives it,
-- `folder`, where it may work, and `settings`, how it is replayed ("--set …"); a test gives
-- another.

local machine = require "machine"
local python = require "python"
local shrink = require "shrink"

local proof = {}

local HEAD = "refchain-trace 1\nprofile 3.8\n"

local program = os.getenv "REFCHAIN" or "build/refchain"

-- A trace's operations, without results.
function proof.strip(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    -- a result is after the last text, which may hold an arrow itself
    local head, tail = line:match '^(.*")(.-)$'
    if not head then head, tail = "", line end
    lines[#lines + 1] = head .. tail:gsub(" => .*$", "")
  end
  return table.move(lines, 3, #lines, 1, {})
end

local function without_comments(text)
  return (("\n" .. text):gsub("\n#[^\n]*", ""))
end

-- Record traces under every seed; `good` are the names of those whose results are the
-- same under all, `differ` of those whose are not, `failed` those not recorded.  The
-- good ones are in the folder that is returned.
function proof.record(recorder, paths, seeds)
  local outcome = { good = {}, differ = {}, failed = {}, said = {} }
  local folders = {}
  for i, seed in ipairs(seeds) do
    folders[i] = python.new_folder(recorder.folder .. "/recorded" .. i)
    local said, fine = recorder:record(paths, folders[i], seed)
    if not fine then error("the recorder failed: " .. said, 0) end
    if said ~= "" then table.insert(outcome.said, said) end
  end
  for _, path in ipairs(paths) do
    local name = path:match "[^/]*$"
    local first = machine.read(folders[1] .. "/" .. name)
    local list = first and outcome.good or outcome.failed
    for i = 2, #folders do
      local other = machine.read(folders[i] .. "/" .. name)
      if not other then list = outcome.failed
      elseif other ~= first and list == outcome.good then list = outcome.differ end
    end
    table.insert(list, name)
    if list ~= outcome.good then os.remove(folders[1] .. "/" .. name) end
  end
  outcome.folder = folders[1]
  return outcome
end

-- Replay recorded traces.  Returns a table of lines of the first divergence by name,
-- each with what the program says, and the number of operations with repetitions.
function proof.replay(folder, settings)
  local text = machine.output_of(("%s replay --jobs 1 --max 1 %s %s 2>&1"):format(
    machine.quote(program), settings or "", machine.quote(folder)))
  local diverged, name = {}, nil
  for line in text:gmatch "[^\n]+" do
    local path, number = line:match "([^/ ]*%.trace):(%d+): "
    path = path or line:match "([^/ ]*%.trace): "
    if path then
      name = path
      diverged[name] = { line = tonumber(number), text = line }
    elseif name and line:match "^    " then
      diverged[name].text = diverged[name].text .. "\n" .. line
    end
  end
  local operations = text:match "(%d+) operations, %d+ divergences?\n*$"
  return diverged, tonumber(operations), text
end

-- Shrink a recorded trace that diverges.  Returns the text of the smallest one found,
-- with results, and what the program says of it; nil if, under more seeds, it does not
-- diverge or differs.
function proof.shrink(recorder, text, seeds)
  local folder = recorder.folder .. "/candidates"
  local smallest, said

  local function first_diverging(candidates)
    python.new_folder(folder)
    local paths = {}
    for i, lines in ipairs(candidates) do
      paths[i] = ("%s/%04d.trace"):format(folder, i)
      machine.write(paths[i], HEAD .. table.concat(lines, "\n") .. "\n")
    end
    -- few diverge: only those are recorded under all seeds
    local outcome = proof.record(recorder, paths, { seeds[1] })
    local diverged = proof.replay(outcome.folder, recorder.settings)
    for i, path in ipairs(paths) do
      local name = path:match "[^/]*$"
      if diverged[name] and #proof.record(recorder, { path }, seeds).good == 1 then
        smallest = machine.read(outcome.folder .. "/" .. name)
        said = diverged[name].text
        local before = 0            -- lines that only the recorder writes
        if smallest:match "^[^\n]*\n[^\n]*\n# recorded on " then before = 1 end
        return i, diverged[name].line and diverged[name].line - 2 - before
      end
    end
    return nil
  end

  local lines = {}
  for _, line in ipairs(proof.strip(text)) do
    if not line:match "^#" then lines[#lines + 1] = line end
  end
  local found, length = first_diverging { lines }
  if not found then return nil end
  if length then lines = table.move(lines, 1, length, 1, {}) end
  shrink(lines, first_diverging)
  return smallest, said
end

-- Record known traces once more; the names of those that come out otherwise.
function proof.check_recorder(recorder, folder)
  local work = python.new_folder(recorder.folder .. "/known")
  local listed = machine.output_of("ls " .. machine.quote(folder) .. " 2>/dev/null")
  local paths, expected, wrong = {}, {}, {}
  for file in listed:gmatch "[^\n]+" do
    local name = file:gsub("%.gz$", "")
    if name:match "%.trace$" then
      local text = machine.output_of(("%s %s"):format(file == name and "cat" or "gzip -dc",
                                                     machine.quote(folder .. "/" .. file)))
      paths[#paths + 1] = work .. "/" .. name
      expected[name] = without_comments(text)
      local head = text:match "^[^\n]*\n[^\n]*\n"
      machine.write(paths[#paths], head .. table.concat(proof.strip(text), "\n") .. "\n")
    end
  end
  if #paths == 0 then return 0, wrong end
  local outcome = proof.record(recorder, paths, python.SEEDS)
  for _, path in ipairs(paths) do
    local name = path:match "[^/]*$"
    local got = machine.read(outcome.folder .. "/" .. name)
    if not got or without_comments(got) ~= expected[name] then wrong[#wrong + 1] = name end
  end
  return #paths, wrong
end

return proof
