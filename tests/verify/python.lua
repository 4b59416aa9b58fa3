-- A CPython, and a recorder built against it.

local machine = require "machine"

local python = {}

-- Hash seeds, each of which also lays objects out differently in memory. What they
-- decide is not a trace's result: one that differs is not used.
python.SEEDS = { 1, 22, 333 }
python.MORE_SEEDS = { 1, 22, 333 }
for seed = 4001, 4016 do table.insert(python.MORE_SEEDS, seed) end

local SOURCES = { "recorder.c", "internals.c", "fresh.c" }
local HEADERS = { "internals.h", "fresh.h" }

local OLDEST = { 3, 7 }                 -- release with the internals that are read

-- What is asked of a python, a 2.7 too: release, version, what it is, whether it is
-- built in a way that changes an object's head, where its headers are, hash(None).
local QUESTION = "import platform, sys, sysconfig; print('\\n'.join(['%d.%d' % sys.version_info[:2], "
  .. "platform.python_version(), platform.python_implementation(), "
  .. "str(any(sysconfig.get_config_vars('Py_DEBUG', 'Py_TRACE_REFS', 'Py_GIL_DISABLED'))), "
  .. "sysconfig.get_path('include'), str(hash(None) & 0xFF or 256)]))"

-- Up to 3.11 hash(None) is None's address in the executable, of which the machine varies no
-- low bits: they decide where it stands in a set, whatever the hash seed is.
local SETTINGS = { ["3.7"] = true, ["3.8"] = true, ["3.9"] = true, ["3.10"] = true, ["3.11"] = true }

-- What a user may have set that changes how an interpreter allocates, or what it loads.
local DISTURBING = "PYTHONMALLOC PYTHONMALLOCSTATS PYTHONDEVMODE PYTHONTRACEMALLOC PYTHONDUMPREFS PYTHONPATH "
  .. "PYTHONHOME PYTHONINSPECT PYTHONVERBOSE PYTHONPROFILEIMPORTTIME PYTHONWARNINGS"

-- An empty folder.
function python.new_folder(path)
  assert(os.execute(("rm -rf %s && mkdir -p %s"):format(machine.quote(path), machine.quote(path))))
  return path
end

local Python = {}
Python.__index = Python

-- The python at `path` (or a name on PATH); nil and why it is no use.
function python.find(path)
  local text, good = machine.output_of(machine.quote(path) .. " -c " .. machine.quote(QUESTION) .. " 2>&1")
  local release, version, implementation, special, include, none =
    text:match "^(%d+%.%d+)\n(%S+)\n(%S+)\n(%a+)\n([^\n]+)\n(%d+)\n$"
  if not good or not release then return nil, path .. ": no Python answers there" end
  if implementation ~= "CPython" then return nil, path .. ": " .. implementation .. ", not CPython" end
  local major, minor = release:match "(%d+)%.(%d+)"
  major, minor = tonumber(major), tonumber(minor)
  if major < OLDEST[1] or major == OLDEST[1] and minor < OLDEST[2] then
    return nil, ("CPython %s: the recorder needs %d.%d or later"):format(version, OLDEST[1], OLDEST[2])
  end
  if special == "True" then
    return nil, ("CPython %s: the recorder needs an ordinary build: no debug, no free threading"):format(version)
  end
  if not machine.exists(include .. "/Python.h") then
    return nil, ("%s: CPython %s without its development files (%s/Python.h; on Debian, python3-dev)"):format(
      path, version, include)
  end
  return setmetatable({ path = path, release = release, version = version, include = include,
                        settings = SETTINGS[release] and "--set none_hash=" .. none or "" }, Python)
end

-- Build the recorder into a folder of its own below `folder`; false and the first thing
-- that the compiler complains of, all of which is in compiler.txt there.  It is built again
-- only when its sources or the python have changed.
function Python:build(folder)
  self.folder = folder .. "/" .. self.version
  assert(os.execute("mkdir -p " .. machine.quote(self.folder)))
  local sources, all = {}, {}
  for i, name in ipairs(SOURCES) do sources[i] = "tests/verify/" .. name end
  for _, name in ipairs(sources) do all[#all + 1] = machine.read(name) end
  for _, name in ipairs(HEADERS) do all[#all + 1] = machine.read("tests/verify/" .. name) end
  all[#all + 1] = self.path .. self.include
  local made_of, stamp = table.concat(all), self.folder .. "/made_of"
  if machine.read(stamp) == made_of then return true end
  local command = ("%s -std=gnu11 -O2 -g -fPIC -shared -Wall -Wextra -isystem %s -o %s %s 2>&1"):format(
    os.getenv "CC" or "cc", machine.quote(self.include), machine.quote(self.folder .. "/refchain_recorder.so"),
    table.concat(sources, " "))
  local text, good = machine.output_of(command)
  if not good then
    machine.write(self.folder .. "/compiler.txt", text)
    return false, text:match "error: ([^\n]*)" or text:match "[^\n]*"
  end
  machine.write(stamp, made_of)
  return true
end

-- Record traces, given by their paths, into `folder`.  What could not be recorded is not
-- there afterwards; returned is what the recorder says of it.
function Python:record(paths, folder, seed)
  local list = self.folder .. "/paths"
  machine.write(list, table.concat(paths, "\n"))
  local script = ("import sys; sys.path.insert(0, %q); import refchain_recorder; "
                  .. "refchain_recorder.record(%q, open(%q).read().splitlines())"):format(
    self.folder, folder, list)
  return machine.output_of(("unset %s; PYTHONHASHSEED=%d %s -S -s -B -c %s 2>&1"):format(
    DISTURBING, seed, machine.quote(self.path), machine.quote(script)))
end

return python
