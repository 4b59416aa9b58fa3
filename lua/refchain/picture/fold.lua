-- Which objects of a run share a box, where there are more than a layout should have:
--
--   runs     objects of one type that lead nowhere and hang on the same one holder: a long list
--   rings    a cycle of three or more objects that each lead to one of the others alone
--   alike    objects of one type that are held by the same types and lead to the same types
--   cycles   any other cycle of three or more objects
--   rest     of each type, those that are seen in the fewest moments
--
-- (what becomes garbage shares no box with what does not, so that a leak stays to be seen)
-- in this order, the largest first, until few enough are left.  What it gives is for all
-- moments of the run, so that an object keeps its box.

local find_cycles = require "refchain.picture.cycles"
local graph = require "refchain.picture.graph"

local concat, sort = table.concat, table.sort
local format = string.format

local fold = {}

local RUN = 4                   -- objects that are alike: the first two keep their boxes
local CYCLE = 3

-- The graph that all moments make together: births in order; for each birth its type,
-- whether a name holds it, in how many moments it is, and whom it leads to.
local function union_of(moments)
  local nodes, by_birth = {}, {}
  for _, moment in ipairs(moments) do
    local boxed, held = graph.boxed(moment), graph.held(moment)
    for birth, object in pairs(boxed) do
      local node = by_birth[birth]
      if not node then
        node = { birth = birth, type = object.type, seen = 0, to = {}, leads = {}, holders = 0, holder = nil }
        nodes[#nodes + 1], by_birth[birth] = node, node
      end
      node.seen = node.seen + 1
      node.garbage = node.garbage or object.reach == "garbage"
      node.named = node.named or held[birth]
    end
    for _, reference in ipairs(moment.references) do
      local from, to = by_birth[reference.from], by_birth[reference.to]
      if from and to and boxed[reference.from] and boxed[reference.to] and not from.leads[to.birth] then
        from.leads[to.birth] = true
        to.holders, to.holder = to.holders + 1, from.birth
        if reference.kind ~= "weak" then table.insert(from.to, to.birth) end
      end
    end
  end
  sort(nodes, function(a, b) return a.birth < b.birth end)
  return nodes, by_birth
end

-- Sequences of nodes that are alike, by `key_of`, nil for those of none; the largest first.
local function gather(nodes, least, key_of)
  local groups, by_key = {}, {}
  for _, node in ipairs(nodes) do
    local key = key_of(node)
    if key then
      if not by_key[key] then
        by_key[key] = { key = key, place = #groups + 1 }
        groups[#groups + 1] = by_key[key]
      end
      table.insert(by_key[key], node)
    end
  end
  local kept = {}
  for _, group in ipairs(groups) do
    if #group >= least then kept[#kept + 1] = group end
  end
  sort(kept, function(a, b)
    if #a ~= #b then return #a > #b end
    return a.place < b.place
  end)
  return kept
end

local plan = {}
plan.__index = plan

-- Put `nodes` from the `first` on into the group called `key`.
function plan:put(key, kind, text, nodes, first)
  self.groups[key] = { kind = kind, text = text }
  for i = first, #nodes do
    self.key_of[nodes[i].birth], nodes[i].folded = key, true
  end
  self.count = self.count - (#nodes - first)
end

local function plural(kind) return kind .. " objects" end

function plan:fold_runs(nodes)
  local runs = gather(nodes, RUN, function(node)
    if node.named or #node.to > 0 or node.holders ~= 1 then return nil end
    return format("run %d %s%s", node.holder, node.type, node.garbage and " garbage" or "")
  end)
  for _, run in ipairs(runs) do
    if self.count <= self.limit then return end
    self:put(run.key, "run", plural(run[1].type), run, 3)
  end
end

-- The types in a set of births, as a text.
local function types_of(births, by_birth)
  local seen, types = {}, {}
  for birth in pairs(births) do
    local kind = by_birth[birth].type
    if not seen[kind] then seen[kind], types[#types + 1] = true, kind end
  end
  sort(types)
  return concat(types, "\0")
end

function plan:fold_alike(nodes, by_birth)
  local holders = {}
  for _, node in ipairs(nodes) do holders[node.birth] = {} end
  for _, node in ipairs(nodes) do
    for birth in pairs(node.leads) do holders[birth][node.birth] = true end
  end
  local groups = gather(nodes, RUN, function(node)
    if node.named or node.folded then return nil end
    return concat({ "alike", node.type, node.garbage and "garbage" or "", types_of(holders[node.birth], by_birth),
                    types_of(node.leads, by_birth) }, "\1")
  end)
  for number, group in ipairs(groups) do
    if self.count <= self.limit then return end
    self:put(format("alike %d", number), "alike", plural(group[1].type), group, 3)
  end
end

-- Whether each of a cycle's objects leads to one of the others alone.
local function is_ring(cycle, cycle_of)
  for _, node in ipairs(cycle) do
    local inside = 0
    for _, birth in ipairs(node.to) do
      if cycle_of[birth] == cycle_of[node.birth] then inside = inside + 1 end
    end
    if inside ~= 1 then return false end
  end
  return true
end

function plan:fold_cycles(nodes, by_birth, rings_only)
  local births = {}
  for i, node in ipairs(nodes) do births[i] = node.birth end
  local _, cycle_of = find_cycles(births, function(birth) return by_birth[birth].to end)
  local cycles = gather(nodes, CYCLE, function(node)
    return cycle_of[node.birth] and not node.folded and format("cycle %d", cycle_of[node.birth]) or nil
  end)
  for _, cycle in ipairs(cycles) do
    if self.count <= self.limit then return end
    if rings_only and not is_ring(cycle, cycle_of) then goto continue end
    local kind = cycle[1].type
    for _, node in ipairs(cycle) do
      if node.type ~= kind then kind = nil end
    end
    self:put(cycle.key, "cycle", kind and plural(kind) or "objects", cycle, 1)
    ::continue::
  end
end

local function rest_key(node, together)
  return "rest" .. (together and "" or " " .. node.type) .. (node.garbage and " garbage" or "")
end

function plan:fold_rest(nodes)
  local left = {}
  for _, node in ipairs(nodes) do
    if not node.folded then left[#left + 1] = node end
  end
  sort(left, function(a, b)
    if a.named ~= b.named then return a.named ~= nil end
    if a.seen ~= b.seen then return a.seen > b.seen end
    return a.birth < b.birth
  end)
  local types, count = {}, 0
  for _, node in ipairs(left) do
    local kind = rest_key(node)
    if not types[kind] then types[kind], count = true, count + 1 end
  end
  -- a type may have a box of its own, or, where there are too many types, none
  local together = count > self.limit // 2
  local keep = self.limit - (self.count - #left) - (together and 2 or count)
  local rest = table.move(left, math.max(keep, 0) + 1, #left, 1, {})
  sort(rest, function(a, b) return a.birth < b.birth end)
  for _, group in ipairs(gather(rest, 1, function(node) return rest_key(node, together) end)) do
    self:put(group.key, "rest", together and "objects" or plural(group[1].type), group, 1)
  end
end

-- For the moments of a run: { key_of = birth -> key of the box it shares, groups = key ->
-- { kind = "run" | "alike" | "cycle" | "rest", text = "list objects" } }, or nil if no more than
-- `limit` objects have boxes.
function fold.plan(moments, limit)
  local nodes, by_birth = union_of(moments)
  if #nodes <= limit then return nil end
  local self = setmetatable({ key_of = {}, groups = {}, count = #nodes, limit = limit }, plan)
  self:fold_runs(nodes)
  if self.count > limit then self:fold_cycles(nodes, by_birth, true) end
  if self.count > limit then self:fold_alike(nodes, by_birth) end
  if self.count > limit then self:fold_cycles(nodes, by_birth) end
  if self.count > limit then self:fold_rest(nodes) end
  return self
end

return fold
