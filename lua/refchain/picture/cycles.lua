-- Strongly connected components (Tarjan 1972): the groups in which each leads to each.

-- The cycles of a graph: each component of more than one node, or of one that leads to
-- itself.  `nodes` is a sequence, `following(node)` gives a sequence of nodes.  Gives a
-- sequence of cycles, in the order of their first members; members stand in the order of
-- `nodes`.  Second result: for each node in a cycle that cycle's number.
return function(nodes, following)
  local index, low, on_stack, stack, count = {}, {}, {}, {}, 0
  local component_of, components = {}, 0

  local function pop_component(node)
    components = components + 1
    repeat
      local member = stack[#stack]
      stack[#stack] = nil
      on_stack[member] = nil
      component_of[member] = components
    until member == node
  end

  -- The walk keeps its own stack: a list may be a million long.
  local function visit(first)
    local walk = { { node = first, at = 0 } }
    while #walk > 0 do
      local step = walk[#walk]
      local node = step.node
      if step.at == 0 then
        count = count + 1
        index[node], low[node] = count, count
        stack[#stack + 1], on_stack[node] = node, true
        step.next = following(node)
      end
      step.at = step.at + 1
      local other = step.next[step.at]
      if other == nil then
        if low[node] == index[node] then pop_component(node) end
        walk[#walk] = nil
        local below = walk[#walk]
        if below and low[node] < low[below.node] then low[below.node] = low[node] end
      elseif not index[other] then
        walk[#walk + 1] = { node = other, at = 0 }
      elseif on_stack[other] and index[other] < low[node] then
        low[node] = index[other]
      end
    end
  end

  for _, node in ipairs(nodes) do
    if not index[node] then visit(node) end
  end

  local members = {}
  for _, node in ipairs(nodes) do
    local component = component_of[node]
    members[component] = members[component] or {}
    table.insert(members[component], node)
  end
  local function leads_to_itself(node)
    for _, other in ipairs(following(node)) do
      if other == node then return true end
    end
    return false
  end

  local cycles, cycle_of, seen = {}, {}, {}
  for _, node in ipairs(nodes) do
    local component = component_of[node]
    local all = members[component]
    if not seen[component] and (#all > 1 or leads_to_itself(node)) then
      cycles[#cycles + 1] = all
      for _, member in ipairs(all) do cycle_of[member] = #cycles end
    end
    seen[component] = true
  end
  return cycles, cycle_of
end
