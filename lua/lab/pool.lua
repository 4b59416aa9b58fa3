-- A pool of child processes: starts pieces of work, several at a time, and hands on
-- what they say.

local host = require "lab.host"

local KEPT = 1 << 20                    -- bytes of a child's output
local GRACE = 3                         -- seconds after the time limit until a child is killed

local pool = {}
pool.__index = pool

-- `jobs` processes at a time.
function pool.new(jobs)
  return setmetatable({ most = jobs, running = {}, handles = {} }, pool)
end

function pool:has_room() return #self.running < self.most end
function pool:is_idle() return #self.running == 0 end

-- Start `work()` in a child.  `told(kind, text)` gets its messages; `ended(outcome)` is
-- called last, with {output =, errors =, dropped =, seconds =, signal =, status =,
-- killed = by us}.
function pool:start(work, seconds, told, ended)
  local job = {
    told = told, ended = ended, buffer = "", stdout = {}, stderr = {}, kept = 0, dropped = 0,
    started = host.now(),
  }
  job.handle = host.fork(work)
  job.deadline = seconds and seconds > 0 and job.started + seconds + GRACE or math.huge
  table.insert(self.running, job)
  table.insert(self.handles, job.handle)
end

local function keep(job, into, text)
  local room = KEPT - job.kept
  if #text > room then
    job.dropped = job.dropped + #text - room
    text = text:sub(1, room)
  end
  job.kept = job.kept + #text
  if text ~= "" then into[#into + 1] = text end
end

-- A message is its length in four bytes, then KIND, a newline and a text.
local function take_messages(job, text)
  job.buffer = job.buffer .. text
  local at = 1
  while #job.buffer - at + 1 >= 4 do
    local length = string.unpack("<I4", job.buffer, at)
    if #job.buffer - at + 1 < 4 + length then break end
    local message = job.buffer:sub(at + 4, at + 3 + length)
    local kind, rest = message:match "^([^\n]*)\n(.*)$"
    at = at + 4 + length
    if kind == "output" then keep(job, job.stdout, rest) end
    if kind ~= "output" or job.dropped == 0 then job.told(kind, rest) end
  end
  job.buffer = job.buffer:sub(at)
end

function pool:finish(job, event)
  for i, other in ipairs(self.running) do
    if other == job then
      table.remove(self.running, i)
      table.remove(self.handles, i)
      break
    end
  end
  job.handle:close()
  job.ended {
    output = table.concat(job.stdout), errors = table.concat(job.stderr), dropped = job.dropped,
    seconds = host.now() - job.started, signal = event.signal, status = event.status,
    killed = job.killed,
  }
end

-- Wait until something happens, at most `seconds`.
function pool:wait(seconds)
  local jobs = { table.unpack(self.running) }
  for _, event in ipairs(host.wait(self.handles, seconds)) do
    local job = jobs[event.job]
    if event.ended then
      self:finish(job, event)
    elseif event.stream == "report" then
      take_messages(job, event.text)
    else
      keep(job, job[event.stream], event.text)
    end
  end
  for _, job in ipairs(self.running) do
    if host.now() > job.deadline and not job.killed then
      job.killed = true
      job.handle:kill()
    end
  end
end

-- End all children; nobody is told.
function pool:kill()
  for _, handle in ipairs(self.handles) do handle:close() end
  self.running, self.handles = {}, {}
end

return pool
