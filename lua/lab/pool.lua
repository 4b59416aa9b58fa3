-- A pool of child processes: starts pieces of work, several at a time, and hands on
-- what they say.

local host = require "lab.host"

local KEPT = 1 << 20                    -- bytes of a child's output, and as many of its errors
local GRACE = 3                         -- seconds after the time limit until a child is killed

local pool = {}
pool.__index = pool

pool.MEMORY = 1 << 30                   -- bytes that a piece of work may take if nobody says

-- `jobs` processes at a time.
function pool.new(jobs)
  return setmetatable({ most = jobs, running = {}, handles = {} }, pool)
end

function pool:has_room() return #self.running < self.most end
function pool:is_idle() return #self.running == 0 end

-- The names of the jobs that run, oldest first.
function pool:names()
  local names = {}
  for i, job in ipairs(self.running) do names[i] = job.name end
  return names
end

-- Pieces of text of which the last KEPT bytes stay.
local function new_tail() return { first = 1, last = 0, size = 0, dropped = 0 } end

local function keep(tail, text)
  tail.last, tail.size = tail.last + 1, tail.size + #text
  tail[tail.last] = text
  while tail.size > KEPT do
    local oldest, excess = tail[tail.first], tail.size - KEPT
    if #oldest > excess then
      tail[tail.first], tail.size = oldest:sub(excess + 1), KEPT
      tail.dropped = tail.dropped + excess
    else
      tail[tail.first], tail.first = nil, tail.first + 1
      tail.size, tail.dropped = tail.size - #oldest, tail.dropped + #oldest
    end
  end
end

local function text_of(tail) return table.concat(tail, "", tail.first, tail.last) end

-- Start a job in a child: {name =, work = a function, seconds = its time limit, told =,
-- ended =}.  `told(kind, text)` gets its messages; `ended(outcome)` is called last, with
-- {output =, errors =, dropped =, seconds =, signal =, status =, killed = by us}.
-- False when there is no process for it now; when it is not for others that run,
-- `problem` says why.
function pool:start(job)
  local handle, problem = host.fork(job.work)
  if not handle then
    if self:is_idle() then self.problem = problem end
    self.most = math.max(#self.running, 1)
    return false
  end
  job.pieces, job.size, job.wanted = {}, 0, 4
  job.stdout, job.stderr = new_tail(), new_tail()
  job.handle, job.started = handle, host.now()
  local limit = job.seconds
  job.deadline = limit and limit > 0 and job.started + limit + GRACE or math.huge
  table.insert(self.running, job)
  table.insert(self.handles, handle)
  return true
end

-- A message is its length in four bytes, then KIND, a newline and a text.
local function take_messages(job, text)
  table.insert(job.pieces, text)
  job.size = job.size + #text
  if job.size < job.wanted then return end
  local buffer, at = table.concat(job.pieces), 1
  job.wanted = 4
  while #buffer - at + 1 >= 4 do
    local length = string.unpack("<I4", buffer, at)
    if #buffer - at + 1 < 4 + length then
      job.wanted = 4 + length
      break
    end
    local kind, rest = buffer:sub(at + 4, at + 3 + length):match "^([^\n]*)\n(.*)$"
    at = at + 4 + length
    if kind == "output" then keep(job.stdout, rest) end
    job.told(kind, rest)
  end
  job.pieces, job.size = { buffer:sub(at) }, #buffer - at + 1
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
    output = text_of(job.stdout), errors = text_of(job.stderr),
    dropped = job.stdout.dropped + job.stderr.dropped,
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
      keep(job[event.stream], event.text)
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
