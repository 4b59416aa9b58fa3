-- Scenario and trace files: finding them, reading them, and what may be wrong with
-- them.

local host = require "lab.host"

local sources = {}

sources.NO_FILE = "not a file but a pipe or a device"

local function ends_in(name, endings)
  for _, ending in ipairs(endings) do
    if #name > #ending and name:sub(-#ending) == ending then return true end
  end
  return false
end

local function join(folder, name)
  if folder == "." or folder == "./" then return name end
  return folder:sub(-1) == "/" and folder .. name or folder .. "/" .. name
end

-- Add the files in `folder` and below, sorted, hidden ones left out.  `seen` has the
-- folders entered so far: a link may lead back to one.
local function walk(folder, endings, found, problems, seen)
  local _, identity = host.kind(folder)
  if identity and seen[identity] then return end
  if identity then seen[identity] = true end
  local names, problem = host.list(folder)
  if not names then
    problems[#problems + 1] = folder .. ": " .. problem
    return
  end
  for _, name in ipairs(names) do
    local path = join(folder, name)
    if name:sub(1, 1) ~= "." then
      local kind = host.kind(path)
      if kind == "folder" then
        walk(path, endings, found, problems, seen)
      elseif kind == "file" and ends_in(name, endings) then
        found[#found + 1] = path
      end
    end
  end
end

-- The files that `paths` mean, folders searched for names with one of `endings`; and
-- a list of what could not be looked at.
function sources.find(paths, endings)
  local found, problems = {}, {}
  for _, path in ipairs(paths) do
    local kind, problem = host.kind(path)
    if kind == "folder" then
      walk(path, endings, found, problems, {})
    elseif kind == "file" then
      found[#found + 1] = path
    else
      problems[#problems + 1] = path .. ": " .. (kind and sources.NO_FILE or problem)
    end
  end
  return found, problems
end

-- A byte order mark and a first line for the system's loader are no Lua.
local function without_preamble(text)
  text = text:gsub("^\xEF\xBB\xBF", "")
  if text:sub(1, 1) == "#" then text = "--" .. text end
  return text
end

-- The text of a scenario as Lua takes it, or nil and what is wrong with it.
function sources.check(path, text)
  if text:sub(1, 1) == "\27" then return nil, path .. ": compiled Lua, not a scenario's text" end
  local zero = text:find("\0", 1, true)
  if zero then
    return nil, ("%s: binary, not a scenario's text (a zero byte at %d)"):format(path, zero - 1)
  end
  return without_preamble(text)
end

-- The text of a scenario file, or nil and what is wrong.
function sources.read(path)
  if host.kind(path) == "other" then return nil, path .. ": " .. sources.NO_FILE end
  local file, problem = io.open(path, "rb")
  if not file then return nil, problem end
  local text, read_problem = file:read "a"
  file:close()
  if not text then return nil, path .. ": " .. read_problem end
  return sources.check(path, text)
end

return sources
