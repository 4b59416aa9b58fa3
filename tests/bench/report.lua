-- What a run of the benchmark says: verdicts, lines of the table, data of the pictures.

local statistics = require "statistics"

local report = {}

-- Whether a peer counts for goals of this kind: "counting", "cpython", "lua", or a release.
function report.counts_for(against, peer)
  if against == "counting" then return peer.kind == "cpython" or peer.kind == "quickjs" end
  return against == peer.kind or against == peer.release
end

-- The best of the peers, by their medians, that a goal is against; nil if none is there.
function report.best(against, summaries)
  local best
  for _, summary in ipairs(summaries) do
    if report.counts_for(against, summary.peer) and (not best or summary.median < best.median) then
      best = summary
    end
  end
  return best
end

-- The goals of a row with what was reached: each { goal, peer, reached, least, greatest,
-- verdict }; without `reached` where no peer is there to compare with.
function report.judge(result)
  local judged = {}
  for i, goal in ipairs(result.row.goals) do
    local reached, peer = result.ours, nil
    if goal.kind == "ratio" then
      peer = report.best(goal.against, result.peers)
      reached = peer and peer.ratio
    end
    judged[i] = { goal = goal, peer = peer }
    if reached then
      judged[i].reached, judged[i].least, judged[i].greatest = reached.median, reached.least, reached.greatest
      judged[i].verdict = statistics.verdict(goal, reached.median)
    end
  end
  return judged
end

-- ----------------------------------------------------------------------------- terminal --

local LINE = "%-36s %10s %26s %19s  %6s %7s  %s"

function report.head()
  return LINE:format("row", "ours", "best peer", "ratio (spread)", "must", "stretch", "verdict")
end

local function number(value)
  if value >= 1000 then return ("%.0f"):format(value) end
  return ("%.3g"):format(value)
end
report.number = number

-- A ratio in two digits after the point, or in as many more as it takes that what is written
-- has the verdict of what was measured: 1.297 misses 1.3.
local function ratio_in_words(ratio, goal)
  for digits = 2, 9 do
    local text = ("%." .. digits .. "f"):format(ratio)
    if not goal or statistics.verdict(goal, tonumber(text)) == statistics.verdict(goal, ratio) then return text end
  end
  return ("%.17g"):format(ratio)
end

local function spread(value, goal)
  return ("%s (%.2f-%.2f)"):format(ratio_in_words(value.median, goal), value.least, value.greatest)
end

-- One line for each goal; where there is none, one for each peer.
function report.lines(result)
  local lines, row = {}, result.row
  local ours = number(result.ours.median) .. " " .. row.unit
  for i, judged in ipairs(result.goals) do
    local goal, peer = judged.goal, judged.peer
    local label = row.name
    if i > 1 or goal.against == "lua" then label = "    against " .. goal.against end
    local theirs, ratio = "-", "-"
    if peer then
      theirs, ratio = ("%s %s"):format(peer.name, number(peer.median)), spread(peer.ratio, goal)
    elseif goal.kind == "limit" then
      ratio = ("%s-%s"):format(number(result.ours.least), number(result.ours.greatest))
    end
    lines[i] = LINE:format(label, ours, theirs, ratio, (goal.kind == "limit" and "<=" or "") .. number(goal.must),
      (goal.kind == "limit" and "<=" or "") .. number(goal.stretch),
      judged.verdict or "no peer (" .. goal.against .. ")")
  end
  if #lines > 0 then return lines end
  for i, peer in ipairs(result.peers) do
    lines[i] = LINE:format(row.name, ours, ("%s %s"):format(peer.name, number(peer.median)), spread(peer.ratio),
      "", "", "")
  end
  if #lines == 0 then lines[1] = LINE:format(row.name, ours, "-", "-", "", "", "") end
  for i, line in ipairs(lines) do lines[i] = line:gsub("%s+$", "") end
  return lines
end

-- How many goals were reached, and which not.
function report.sum(results)
  local all, must, stretch, missed = 0, 0, 0, {}
  for _, result in ipairs(results) do
    for _, judged in ipairs(result.goals) do
      if judged.verdict then
        all = all + 1
        if judged.verdict ~= "missed" then must = must + 1 end
        if judged.verdict == "stretch" then stretch = stretch + 1 end
        if judged.verdict == "missed" then
          missed[#missed + 1] = result.row.name
            .. (judged.goal.against == "lua" and " (Lua)" or judged.goal.against == "3.8" and " (3.8)" or "")
        end
      end
    end
  end
  local text = ("Goals: %d; must reached: %d; stretch reached: %d."):format(all, must, stretch)
  if #missed > 0 then text = text .. "\nMissed: " .. table.concat(missed, ", ") .. "." end
  return text
end

-- What ours is beside each peer, a line for each: in how many rows faster, and by how much; and
-- what a statement of a scenario takes.
function report.beside(results)
  local names, works, statements = {}, {}, {}
  for _, result in ipairs(results) do
    for _, peer in ipairs(result.peers) do
      if not works[peer.name] then
        names[#names + 1] = peer.name
        works[peer.name], statements[peer.name] = {}, {}
      end
      if result.row.script then table.insert(statements[peer.name], 1 / peer.ratio.median)
      else table.insert(works[peer.name], peer.ratio.median) end
    end
  end
  for i, name in ipairs(names) do
    local parts, faster = {}, 0
    for _, ratio in ipairs(works[name]) do faster = faster + (ratio > 1 and 1 or 0) end
    if #works[name] > 0 then
      local _, most = statistics.spread(works[name])
      parts[1] = ("faster in %d of %d rows, %.1f times in the middle, %.1f at most"):format(
        faster, #works[name], statistics.median(works[name]), most)
    end
    if #statements[name] > 0 then
      parts[#parts + 1] = ("a statement takes %.1f to %.1f times as long"):format(statistics.spread(statements[name]))
    end
    names[i] = ("Beside %s: %s."):format(name, table.concat(parts, "; "))
  end
  return names
end

function report.growth_head(sizes)
  return ("%-40s"):format "ns an object, at" .. (("%10s"):rep(#sizes)):format(table.unpack(sizes))
end

function report.growth_line(curve)
  local parts = { ("%-40s"):format(curve.name) }
  for _, point in ipairs(curve.points) do parts[#parts + 1] = ("%10s"):format(number(point[2])) end
  return table.concat(parts)
end

-- ------------------------------------------------------------------------ files, pictures --

report.KEYS = {
  "rounds", "quick", "core", "peers", "rows", "growth", "name", "n", "unit", "ours", "goals", "against", "kind",
  "must", "stretch", "peer", "reached", "verdict", "median", "least", "greatest", "values", "ratio", "points",
}

local function series(summary)
  return { median = summary.median, least = summary.least, greatest = summary.greatest, values = summary.values }
end

-- All of a run, to be written as JSON.
function report.data(results, curves, run)
  local data = { rounds = run.rounds, quick = run.options.quick == true, peers = run.names, rows = {}, growth = {} }
  for i, result in ipairs(results) do
    local row = { name = result.row.name, n = result.row.n, unit = result.row.unit, ours = series(result.ours),
                  peers = {}, goals = {} }
    for j, summary in ipairs(result.peers) do
      row.peers[j] = series(summary)
      row.peers[j].name, row.peers[j].ratio = summary.name, series(summary.ratio)
    end
    for j, judged in ipairs(result.goals) do
      local goal = judged.goal
      row.goals[j] = {
        kind = goal.kind, against = goal.against, must = goal.must, stretch = goal.stretch,
        peer = judged.peer and judged.peer.name, reached = judged.reached, least = judged.least,
        greatest = judged.greatest, verdict = judged.verdict,
      }
    end
    data.rows[i] = row
  end
  for i, curve in ipairs(curves) do data.growth[i] = { name = curve.name, points = curve.points } end
  return data
end

-- The bars of the picture (svg.goals): one for each goal that was judged.
function report.bars(results)
  local bars = {}
  for _, result in ipairs(results) do
    for _, judged in ipairs(result.goals) do
      if judged.verdict then
        local goal = judged.goal
        local against = judged.peer and ("%s x %s"):format(ratio_in_words(judged.reached, goal), judged.peer.name)
          or ("%s %s"):format(number(judged.reached), result.row.unit)
        bars[#bars + 1] = {
          label = result.row.name .. (goal.against == "lua" and ", Lua" or ""),
          margin = statistics.margin(goal, judged.reached), stretch = statistics.margin(goal, goal.stretch),
          verdict = judged.verdict, words = judged.verdict .. ": " .. against,
        }
      end
    end
  end
  return bars
end

return report
