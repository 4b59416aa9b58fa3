-- Writing the chronicle of a run: its steps, told to the parent as they happen
-- (chronicle.lua puts them together).  This runs in the scenario's Lua state: no methods of
-- strings here.
--
-- Taking a step changes nothing that the scenario could see: it makes Lua tables of what the
-- heap is, holds no object, and lets nothing go.

local guest = require "lab.guest"
local packed = require "lab.packed"

local gsub = string.gsub
local frame_at = debug.getinfo

local MOST = 1000                       -- steps
local AT_THE_END = 2                    -- of them
local OBJECTS = 150                     -- shown of a moment
local OBJECTS_COLLECTED = 60            -- shown of a collection's phase

local chronicler = {}
chronicler.__index = chronicler

function chronicler.new(job)
  return setmetatable({
    source = "@" .. job.path, text = job.text, objects = job.chronicle.objects or OBJECTS,
    writer = packed.writer(), count = 0, skipped = 0,
  }, chronicler)
end

-- Now the scenario begins.
function chronicler:begin(lab)
  local _, lines = gsub(self.text, "\n", "")
  self.lab = lab
  if lab.watch_collections then lab:watch_collections(OBJECTS_COLLECTED) end
  lab:watch_lines(self.source, lines + 1, function(line) self:take("line", line) end)
end

-- The line of the scenario's file that is running, on this thread.
local function running_line(source)
  local level = 2
  while true do
    local frame = frame_at(level, "Sl")
    if not frame then return nil end
    if frame.source == source and frame.currentline > 0 then return frame.currentline end
    level = level + 1
  end
end

-- Tell what there is now.  A line before which nothing is new is no step.
function chronicler:take(kind, line, text)
  local lab, writer = self.lab, self.writer
  if kind ~= "end" and self.count >= MOST - AT_THE_END then
    self.skipped = self.skipped + 1
    return
  end
  local moment = lab:moment { objects = self.objects }
  local collections = lab.take_collections and lab:take_collections() or {}
  local events, untold = lab:take_events()
  if untold > 0 then events.untold = untold end
  local number = writer:number(moment)
  if kind == "line" and number == self.last and #events == 0 and #collections == 0 then return end
  self.last, self.count = number, self.count + 1
  guest.report("moment", writer:piece {
    kind = kind, line = line, text = text, events = events, collections = collections, moment = moment,
  })
  writer:told()
end

-- The scenario says what happens now.
function chronicler:step(text)
  if self.lab then self:take("step", running_line(self.source) or self.lab:watched_lines(), text) end
end

-- The scenario has ended; without memory there is no more to tell.
function chronicler:finish(text)
  local line, skipped = self.lab:watched_lines()
  pcall(self.take, self, "end", line > 0 and line or nil, text)
  guest.report("skipped", string.pack("<I8", self.skipped + skipped))
end

return chronicler
