-- The script rows: the same statements (statements.lua) as a scenario and as a Python
-- module.  Both time blocks of passes with the process's own clock, drop the first as a
-- warm-up, and print the nanoseconds of a pass of the median block.

local machine = require "machine"
local peers = require "peers"
local statements = require "statements"

local scripts = {}

local SCENARIO = [[
%s
local blocks, passes, clock = %d, %d, os.clock
local times = {}
for block = 0, blocks do
  local start = clock()
  for i = 1, passes do
%s
  end
  times[block] = clock() - start
end
times[0] = nil
table.sort(times)
print(("figure %%.4f"):format(times[(blocks + 1) // 2] / passes * 1e9))
]]

local MODULE = [[
import time
%s
blocks, passes, clock = %d, %d, time.process_time
times = []
for block in range(blocks + 1):
  start = clock()
  for i in range(passes):
%s
  times.append(clock() - start)
del times[0]
times.sort()
print("figure %%.4f" %% (times[(blocks - 1) // 2] / passes * 1e9))
]]

local PASSES = 20000

-- Statements, a line each, indented by so many spaces.
local function indented(text, by)
  local lines = {}
  local own = text:match "^%s-( *)%S" or ""
  for line in text:gmatch "[^\n]+" do
    if line:find "%S" then lines[#lines + 1] = (" "):rep(by) .. line:gsub("^" .. own, "") end
  end
  return table.concat(lines, "\n")
end

-- A frame filled in; nil without a body.
local function filled(frame, before, body, passes, blocks)
  return body and frame:format(indented(before or "", 0), blocks, passes, indented(body, 4))
end

-- The statements called `name` as a scenario, and as a Python module (nil where there are
-- none), timed in blocks; `passes` of a block, if it is not the usual number.
function scripts.scenario(name, blocks, passes)
  local s = assert(statements[name], name)
  return filled(SCENARIO, s.lua_before, s.lua, passes or s.passes or PASSES, blocks)
end

function scripts.module(name, blocks, passes)
  local s = assert(statements[name], name)
  return filled(MODULE, s.python_before, s.python, passes or s.passes or PASSES, blocks)
end

local function blocks_of(name, quick)
  if statements[name].passes then return quick and 3 or 5 end
  return quick and 7 or 21
end

local function figure_of(command, name)
  local text, good = machine.output_of(command)
  local figure = good and tonumber(text:match "figure (%S+)")
  if figure then return figure end
  return nil, ("%s: %s"):format(name, text:match "[^\n]+" or "it ended badly")
end

-- Run the statements called `name` in a scenario, or on a CPython.
function scripts.run(self, name, folder, quick)
  local blocks = blocks_of(name, quick)
  local path = folder .. "/statements." .. (self.kind == "ours" and "lua" or "py")
  local text = self.kind == "ours" and scripts.scenario(name, blocks) or scripts.module(name, blocks)
  machine.write(path, text)
  if self.kind == "ours" then
    return figure_of(peers.alone(self, ("%s run --trusted --timeout 600 %s 2>&1"):format(
      machine.quote(scripts.program), machine.quote(path))), "script " .. name)
  end
  return figure_of(peers.alone(self, ("%s -S -s %s 2>&1"):format(
    machine.quote(self.path), machine.quote(path))), self.name .. ", script " .. name)
end

function scripts.has(self, name)
  return self.kind == "ours" or self.kind == "cpython" and statements[name].python ~= nil
end

-- ------------------------------------------------------------ the program as a whole --

-- Seconds that a shell command takes, its own start not counted.
local function seconds_of(command)
  local function elapsed(what)
    local text = machine.output_of(
      ("date +%%s%%N; { %s; } </dev/null >/dev/null 2>&1; echo $?; date +%%s%%N"):format(what))
    local start, status, stop = text:match "(%d+)\n(%d+)\n(%d+)"
    return (tonumber(stop) - tonumber(start)) / 1e9, status == "0"
  end
  local nothing = elapsed "true"
  local time, good = elapsed(command)
  if not good then return nil, command .. ": it failed" end
  return math.max(time - nothing, 0)
end

local REPEATED = 50

-- The course in seconds on all cores; the shell's start, and one more process of a
-- scenario, in milliseconds.
function scripts.whole(what, folder)
  local program = machine.quote(scripts.program)
  if what == "course" then return seconds_of(program .. " run scenarios") end
  if what == "shell" then
    local seconds, problem = seconds_of("XDG_STATE_HOME=" .. machine.quote(folder) .. " " .. program)
    return seconds and seconds * 1000, problem
  end
  local path = folder .. "/nothing.lua"
  machine.write(path, "scenario \"nothing\"\n")
  local function run(times)
    return seconds_of(("%s run -j 1 --repeat %d %s"):format(program, times, machine.quote(path)))
  end
  local once, problem = run(1)
  local often, other_problem = run(REPEATED + 1)
  if not once or not often then return nil, problem or other_problem end
  return (often - once) / REPEATED * 1000
end

return scripts
