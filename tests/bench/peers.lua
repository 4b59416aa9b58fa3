-- What we are measured against: finding it, building work.c against it, running that.
--
-- A peer: name ("CPython 3.11.2"), kind ("ours", "cpython", "lua", "quickjs"), release
-- ("3.11", of a CPython), program (the one built), works (a set), home (a CPython's own
-- folder), path (its interpreter).

local machine = require "machine"

local peers = {}

local OLDEST = { 3, 7 }                 -- CPython with gc.freeze

-- Asked of a python: release, version, what it is, whether it is built in a way that
-- changes its objects, where its headers and its library are.
local QUESTION = "import platform, sys, sysconfig as s; print('\\n'.join(['%d.%d' % sys.version_info[:2], "
  .. "platform.python_version(), platform.python_implementation(), "
  .. "str(any(s.get_config_vars('Py_DEBUG', 'Py_TRACE_REFS', 'Py_GIL_DISABLED'))), "
  .. "s.get_path('include'), sys.prefix] + [str(v) for v in s.get_config_vars("
  .. "'LIBDIR', 'LIBPL', 'LDVERSION', 'VERSION', 'LIBS', 'SYSLIBS')]))"

-- The processor that all runs are pinned to, the last one allowed; nil where none can be chosen.
function peers.core()
  local text, good = machine.output_of "taskset -cp $$ 2>/dev/null"
  return good and text:match "(%d+)%s*$"
end

-- A command in an environment of its own, so that nothing set outside decides.
local function alone(self, command)
  local pin = peers.pinned and ("taskset -c %s "):format(peers.pinned) or ""
  local home = self.home and "PYTHONHOME=" .. machine.quote(self.home) or ""
  return ("env -i PATH=\"$PATH\" PYTHONHASHSEED=0 PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1 %s "
          .. "%stimeout 600 %s"):format(home, pin, command)
end
peers.alone = alone

-- Do a work at size n; the figure, or nil and what is wrong.
function peers.run(self, work, n, milliseconds)
  local text, good = machine.output_of(alone(self, ("%s %s %d %d 2>&1"):format(
    machine.quote(self.program), work, n, milliseconds)))
  local figure = good and tonumber(text)
  if figure then return figure end
  return nil, ("%s, %s at %d: %s"):format(self.name, work, n, text:match "[^\n]+" or "it ended badly")
end

-- A program that is there becomes a peer, with the works that it knows.
local function with_works(self)
  local text, good = machine.output_of(alone(self, machine.quote(self.program) .. " --works 2>&1"))
  if not good then return nil, ("%s: its program does not run: %s"):format(self.name, text:match "[^\n]*") end
  self.works = {}
  for work in text:gmatch "[^\n]+" do self.works[work] = true end
  return self
end

-- Build work.c for a peer; nil and the first thing that the compiler complains of.  It is
-- built again only when its sources or the command have changed, for a CPython: QuickJS is
-- linked in whole, and may have been built anew.
local function build(self, header, flags)
  local command = ("%s -std=gnu11 %s -DPEER='\"peers/%s\"' -o %s tests/bench/work.c %s 2>&1"):format(
    os.getenv "CC" or "cc", os.getenv "CFLAGS" or "-O3 -g", header, machine.quote(self.program), flags)
  local stamp = self.program .. ".made_of"
  local made_of = command .. self.name .. machine.read "tests/bench/work.c"
                  .. machine.read("tests/bench/peers/" .. header)
  if self.kind == "cpython" and machine.exists(self.program) and machine.read(stamp) == made_of then
    return with_works(self)
  end
  local text, good = machine.output_of(command)
  if good then
    machine.write(stamp, made_of)
  else
    return nil, ("%s: its program cannot be built: %s"):format(
      self.name, text:match "error: ([^\n]*)" or text:match "[^\n]*")
  end
  return with_works(self)
end

-- The programs that the Makefile has built: ours and Lua's.
function peers.ours(folder)
  return with_works { name = "ours", kind = "ours", program = folder .. "/ours" }
end

function peers.lua(folder)
  return with_works { name = "Lua 5.4", kind = "lua", program = folder .. "/lua" }
end

-- The shared library of a python, else the static one, as flags of the linker.
local function library_flags(folder, static_folder, version, release, libraries)
  for _, name in ipairs { version, release } do
    if machine.exists(("%s/libpython%s.so"):format(folder, name)) then
      return ("-L%s -Wl,-rpath,%s -lpython%s -lm"):format(machine.quote(folder), machine.quote(folder), name)
    end
  end
  for _, place in ipairs { static_folder, folder } do
    local archive = ("%s/libpython%s.a"):format(place, version)
    if machine.exists(archive) then return ("%s %s -lm -rdynamic"):format(machine.quote(archive), libraries) end
  end
  return nil
end

-- The CPython at `path` (or a name on PATH), as yet without its program; nil and why it is
-- no use.
function peers.cpython(path, folder)
  local text, good = machine.output_of(machine.quote(path) .. " -c " .. machine.quote(QUESTION) .. " 2>&1")
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  if not good or #lines ~= 12 then return nil, path .. ": no Python answers there" end
  local release, version, implementation, special, include, prefix, libdir, libpl, ldversion, plain,
    libs, syslibs = table.unpack(lines)
  if implementation ~= "CPython" then return nil, path .. ": " .. implementation .. ", not CPython" end
  local major, minor = release:match "(%d+)%.(%d+)"
  major, minor = tonumber(major), tonumber(minor)
  if major < OLDEST[1] or major == OLDEST[1] and minor < OLDEST[2] then
    return nil, ("CPython %s: it has no gc.freeze, which %d.%d has"):format(version, OLDEST[1], OLDEST[2])
  end
  local self = {
    name = "CPython " .. version, kind = "cpython", release = release, path = path, home = prefix,
    include = include, program = ("%s/python%s"):format(folder, version),
  }
  if special == "True" then
    return nil, self.name .. ": not an ordinary build (debug, or without the lock)"
  end
  if not machine.exists(include .. "/Python.h") then
    return nil, ("%s: no development files (%s/Python.h; on Debian, python3-dev)"):format(self.name, include)
  end
  local flags = library_flags(libdir, libpl, ldversion, plain, libs .. " " .. syslibs)
  if not flags then return nil, ("%s: no libpython below %s"):format(self.name, libdir) end
  self.build = function() return build(self, "python.h", "-isystem " .. machine.quote(include) .. " " .. flags) end
  return self
end

-- The QuickJS built in `path`, as yet without its program.
function peers.quickjs(path, folder)
  local self = { name = "QuickJS", kind = "quickjs", program = folder .. "/quickjs" }
  for _, name in ipairs { "quickjs.h", "libquickjs.a" } do
    if not machine.exists(path .. "/" .. name) then
      return nil, ("QuickJS: there is no %s/%s"):format(path, name)
    end
  end
  local version <close> = io.open(path .. "/VERSION")
  if version then self.name = "QuickJS " .. version:read "l" end
  self.build = function()
    return build(self, "quickjs.h", ("-isystem %s %s/libquickjs.a -lm -lpthread -ldl"):format(
      machine.quote(path), machine.quote(path)))
  end
  return self
end

-- All that there are, each with its program: Debian's python3 and each of `pythons`, divided
-- by commas, Lua, and QuickJS where it is given; and a list of sentences on what is not
-- there.  `wanted`, if not empty, is a list of texts of which a peer's name must contain one.
function peers.find(folder, pythons, quickjs, wanted)
  local list, missing, found, seen = {}, {}, {}, {}
  local function is_wanted(name)
    local one = wanted == ""
    for text in wanted:gmatch "[^,%s]+" do
      if name:lower():find(text:lower(), 1, true) then one, found[text] = true, true end
    end
    return one
  end
  local function take(self, problem)
    if self and (seen[self.name] or not is_wanted(self.name)) then return end
    if self and self.build then self, problem = self.build() end
    if not self then
      missing[#missing + 1] = problem
    else
      seen[self.name] = true
      list[#list + 1] = self
    end
  end
  local paths = { machine.exists "/usr/bin/python3" and "/usr/bin/python3" or "python3" }
  for path in pythons:gmatch "[^,%s]+" do paths[#paths + 1] = path end
  for _, path in ipairs(paths) do take(peers.cpython(path, folder)) end
  take(peers.lua(folder))
  if quickjs ~= "" then
    take(peers.quickjs(quickjs, folder))
  else
    missing[#missing + 1] = "QuickJS: none given (QUICKJS=the folder of a built one)"
  end
  for text in wanted:gmatch "[^,%s]+" do
    if not found[text] then missing[#missing + 1] = text .. ": no peer of this name" end
  end
  return list, missing
end

return peers
