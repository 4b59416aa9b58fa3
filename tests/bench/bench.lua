-- make bench: how fast the heap is beside its peers, row by row, against the goals.
--
-- lua bench.lua --help lists the options.  Each row is measured in rounds of one process
-- each, ours and then every peer: what is compared ran one after the other, pinned to the
-- same core.  Results go to the terminal, to bench.json, goals.svg and growth.svg.
--
-- Exit status: 0 measured, whatever the verdicts are; 1 a program failed or did other work
-- than it was to do; 2 wrong use.

package.path = "tests/bench/?.lua;tests/support/?.lua;" .. package.path

local argparse = require "argparse"
local json = require "dkjson"
local machine = require "machine"
local peers = require "peers"
local report = require "report"
local rows = require "rows"
local scripts = require "scripts"
local statistics = require "statistics"
local svg = require "svg"

local ROUNDS, QUICK_ROUNDS = 5, 3
local MILLISECONDS, QUICK_MILLISECONDS = 100, 20        -- of what is repeated in a process
local QUICK_SECONDS = 80                -- after these a quick run begins no row
local LARGEST_QUICK = 1e6               -- size of growth in a quick run

local function say(...) io.write(string.format(...), "\n") io.flush() end

local function options_of(arguments)
  local parser = argparse("bench", "Measure the heap beside its peers.")
  parser:option("--row", "Only rows whose name contains this text, or matches it as a Lua pattern."):default ""
  parser:flag("--quick", "Fewer rounds, without the slow rows: under two minutes.")
  parser:option("--peers", "Only peers whose name contains one of these texts, divided by commas."):default ""
  parser:option("--python", "More CPythons: paths divided by commas."):default ""
  parser:option("--quickjs", "The folder of a built QuickJS."):default ""
  parser:option("--rounds", "Processes for each row and peer."):convert(function(text)
    return text:match "^[1-9]%d?%d?$" and math.tointeger(tonumber(text)), "not a number of rounds: " .. text
  end)
  parser:option("--build", "The folder of what is built."):default "build"
  local good, options = parser:pparse(arguments)
  if good then return options end
  io.stderr:write(options, "\n")
  os.exit(2)
end

-- Whether a row is called so.
local function matches(name, pattern)
  if name:find(pattern, 1, true) then return true end
  local good, found = pcall(string.find, name, pattern)
  return good and found ~= nil
end

-- ------------------------------------------------------------------------- measuring --

local run = {}                          -- options, ours, peers, folder, problems …

local function stop(problem)
  say("%s", problem)
  os.exit(1)
end

local function has(self, row)
  if row.script then return scripts.has(self, row.script) end
  return self.works ~= nil and self.works[row.work] ~= nil
end

-- Whether a peer is to do a row: not where all goals are limits for ours, and in a quick run only
-- one that a goal is against.
local function takes_part(peer, row)
  if row.whole or not has(peer, row) then return false end
  for _, goal in ipairs(row.goals) do
    if goal.kind == "ratio" and (not run.options.quick or report.counts_for(goal.against, peer)) then
      return true
    end
  end
  return row.script ~= nil
end

-- Nil and what went wrong, if it did.
local function figure(self, row)
  if row.script then return scripts.run(self, row.script, run.folder, run.options.quick) end
  if row.whole then return scripts.whole(row.whole, run.folder) end
  return peers.run(self, row.work, row.n, run.options.quick and QUICK_MILLISECONDS or MILLISECONDS)
end

local function our_figure(row)
  local result, problem = figure(run.ours, row)
  return result or stop(problem)
end

-- The figures of a row: of ours, and of each peer by its name, in the order of rounds.  A peer
-- that fails is left out of the row.
local function measure(row)
  local ours, theirs, failed = {}, {}, {}
  for round = 1, run.rounds do
    ours[round] = our_figure(row)
    for _, peer in ipairs(run.peers) do
      if takes_part(peer, row) and not failed[peer] then
        local result, problem = figure(peer, row)
        if result then
          theirs[peer.name] = theirs[peer.name] or {}
          theirs[peer.name][round] = result
        else
          failed[peer], theirs[peer.name] = true, nil
          say("Left out: %s", problem)
        end
      end
    end
  end
  local result = { row = row, ours = statistics.summary(ours), peers = {} }
  for _, peer in ipairs(run.peers) do
    if theirs[peer.name] then
      local summary = statistics.summary(theirs[peer.name])
      summary.name, summary.peer = peer.name, peer
      summary.ratio = statistics.summary(statistics.ratios(theirs[peer.name], ours))
      table.insert(result.peers, summary)
    end
  end
  result.goals = report.judge(result)
  return result
end

local function is_due(row)
  return matches(row.name, run.options.row) and not (run.options.quick and row.slow)
end

local function out_of_time()
  return run.options.quick and os.time() - run.started > QUICK_SECONDS
end

-- Write what has been measured; the names of the files.
local function write_results(results, curves, sizes)
  local written = {}
  local function write(name, text)
    written[#written + 1] = run.folder .. "/" .. name
    machine.write(written[#written], text)
  end
  write("bench.json", json.encode(report.data(results, curves, run), { indent = true, keyorder = report.KEYS }))
  local bars = report.bars(results)
  if #bars > 0 then write("goals.svg", svg.goals("Refchain against its goals", bars)) end
  if #curves > 0 then write("growth.svg", svg.growth("Time and size of the heap", sizes, curves)) end
  return written
end

local function measure_rows()
  local results, left = {}, {}
  for _, row in ipairs(rows) do
    if is_due(row) then
      if out_of_time() then
        left[#left + 1] = row.name
      else
        if #results == 0 then say("%s", report.head()) end
        results[#results + 1] = measure(row)
        for _, line in ipairs(report.lines(results[#results])) do say("%s", line) end
        write_results(results, {}, {})  -- of a long run, to look at
      end
    end
  end
  if #left > 0 then say("\nOut of time for %d rows: %s", #left, table.concat(left, ", ")) end
  return results
end

local function measure_growth()
  local curves, sizes = {}, {}
  for _, size in ipairs(rows.sizes) do
    if not run.options.quick or tonumber(size) <= LARGEST_QUICK then sizes[#sizes + 1] = size end
  end
  for _, row in ipairs(rows.growth) do
    if matches(row.name, run.options.row) and not out_of_time() then
      if #curves == 0 then say("\n%s", report.growth_head(sizes)) end
      local curve = { name = row.name:gsub("^growth: ", ""), points = {} }
      for i, size in ipairs(sizes) do
        local values = {}
        for round = 1, run.options.quick and 1 or math.min(run.rounds, 3) do
          values[round] = our_figure { work = row.work, n = math.tointeger(tonumber(size)) }
        end
        curve.points[i] = { tonumber(size), statistics.median(values) }
      end
      curves[#curves + 1] = curve
      say("%s", report.growth_line(curve))
    end
  end
  return curves, sizes
end

local function main()
  local options = options_of(arg)
  local due = 0
  for _, list in ipairs { rows, rows.growth } do
    for _, row in ipairs(list) do
      if matches(row.name, options.row) then due = due + 1 end
    end
  end
  if due == 0 then
    io.stderr:write("no row is called ", options.row, "\n")
    return 2
  end
  run.options, run.started, run.folder = options, os.time(), options.build .. "/bench"
  run.rounds = options.rounds or options.quick and QUICK_ROUNDS or ROUNDS
  scripts.program = os.getenv "REFCHAIN" or options.build .. "/refchain"
  peers.pinned = peers.core()
  local missing, problem
  run.ours, problem = peers.ours(run.folder)
  if not run.ours then stop(problem) end
  run.peers, missing = peers.find(run.folder, options.python, options.quickjs, options.peers)
  for _, sentence in ipairs(missing) do say("Skipped: %s", sentence) end
  run.names = {}
  for i, peer in ipairs(run.peers) do run.names[i] = peer.name end
  say("%d rounds, %s; peers: %s\n", run.rounds,
      peers.pinned and "pinned to core " .. peers.pinned or "not pinned: there is no taskset",
      #run.names > 0 and table.concat(run.names, ", ") or "none")
  local results = measure_rows()
  local curves, sizes = measure_growth()
  say("\n%s", report.sum(results))
  for _, line in ipairs(report.beside(results)) do say("%s", line) end
  say("Written: %s", table.concat(write_results(results, curves, sizes), ", "))
  return 0
end

os.exit(main(), true)
