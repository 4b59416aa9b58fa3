-- A CPython, and a recorder built against it.

local python = {}

-- Hash seeds, each of which also lays objects out differently in memory. What they
-- decide is not a trace's result: one that differs is not used.
python.SEEDS = { 1, 22, 333 }
python.MORE_SEEDS = { 1, 22, 333 }
for seed = 4001, 4016 do table.insert(python.MORE_SEEDS, seed) end

local SOURCES = { "recorder.c", "internals.c", "fresh.c" }
local HEADERS = { "internals.h", "fresh.h" }

-- What is asked of a python: release, version, where its headers are, what it is.
local QUESTION = "import platform, sys, sysconfig; print('%d.%d' % sys.version_info[:2], "
  .. "platform.python_version(), platform.python_implementation(), sysconfig.get_path('include'), sep='\\n')"

-- What a user may have set that changes how an interpreter allocates, or what it loads.
local DISTURBING = "PYTHONMALLOC PYTHONMALLOCSTATS PYTHONDEVMODE PYTHONTRACEMALLOC PYTHONDUMPREFS PYTHONPATH "
  .. "PYTHONHOME PYTHONINSPECT PYTHONVERBOSE PYTHONPROFILEIMPORTTIME PYTHONWARNINGS"

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
python.quote = quote

-- What a command prints; whether it ended with 0.
function python.output_of(command)
  local pipe <close> = assert(io.popen(command))
  local text = pipe:read "a"
  return text, (pipe:close())
end

function python.exists(path)
  local file <close> = io.open(path)
  return file ~= nil
end

function python.read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

function python.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

-- An empty folder.
function python.new_folder(path)
  assert(os.execute(("rm -rf %s && mkdir -p %s"):format(quote(path), quote(path))))
  return path
end

local Python = {}
Python.__index = Python

-- The python at `path` (or a name on PATH); nil and why it is no use.
function python.find(path)
  local text, good = python.output_of(quote(path) .. " -c " .. quote(QUESTION) .. " 2>&1")
  local release, version, implementation, include = text:match "^(%d+%.%d+)\n(%S+)\n(%S+)\n([^\n]+)\n$"
  if not good or not release then return nil, path .. ": no python that runs: " .. (text:match "[^\n]*") end
  if implementation ~= "CPython" then return nil, path .. ": " .. implementation .. ", not CPython" end
  if not python.exists(include .. "/Python.h") then
    return nil, ("%s: CPython %s without its development files (%s/Python.h; on Debian, python3-dev)"):format(
      path, version, include)
  end
  return setmetatable({ path = path, release = release, version = version, include = include }, Python)
end

-- Build the recorder into a folder of its own below `folder`; false and what the
-- compiler says.  It is built again only when its sources or the python have changed.
function Python:build(folder)
  self.folder = folder .. "/" .. self.version
  assert(os.execute("mkdir -p " .. quote(self.folder)))
  local sources, all = {}, {}
  for i, name in ipairs(SOURCES) do sources[i] = "tests/verify/" .. name end
  for _, name in ipairs(sources) do all[#all + 1] = python.read(name) end
  for _, name in ipairs(HEADERS) do all[#all + 1] = python.read("tests/verify/" .. name) end
  all[#all + 1] = self.path .. self.include
  local made_of, stamp = table.concat(all), self.folder .. "/made_of"
  if python.read(stamp) == made_of then return true end
  local command = ("%s -std=gnu11 -O2 -g -fPIC -shared -Wall -Wextra -isystem %s -o %s %s 2>&1"):format(
    os.getenv "CC" or "cc", quote(self.include), quote(self.folder .. "/refchain_recorder.so"),
    table.concat(sources, " "))
  local text, good = python.output_of(command)
  if not good then return false, text end
  python.write(stamp, made_of)
  return true
end

-- Record traces, given by their paths, into `folder`.  What could not be recorded is not
-- there afterwards; returned is what the recorder says of it.
function Python:record(paths, folder, seed)
  local list = self.folder .. "/paths"
  python.write(list, table.concat(paths, "\n"))
  local script = ("import sys; sys.path.insert(0, %q); import refchain_recorder; "
                  .. "refchain_recorder.record(%q, open(%q).read().splitlines())"):format(
    self.folder, folder, list)
  return python.output_of(("unset %s; PYTHONHASHSEED=%d %s -S -s -B -c %s 2>&1"):format(
    DISTURBING, seed, quote(self.path), quote(script)))
end

return python
