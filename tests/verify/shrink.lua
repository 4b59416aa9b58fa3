-- Shrinks a trace that diverges to one as short as can be found, of which every line is
-- needed: delta debugging, first over lines, then within them.
--
--     local lines = shrink(lines, first_diverging)
--
-- `lines` are a trace's without its two first and without results; first_diverging gets
-- several candidates at once, each an array of lines, and returns the number of the first
-- that diverges (nil: none) and, if it knows, after how many lines it did.  A candidate
-- that cannot be recorded, or gives different results at different hash seeds, does not.

local AT_ONCE = 24

-- All but lines[first .. last].
local function without(lines, first, last)
  local rest = table.move(lines, 1, first - 1, 1, {})
  return table.move(lines, last + 1, #lines, first, rest)
end

-- Go through what `candidate_at(lines, n)` makes of the lines, n = 1, 2, ... until it
-- returns nil, and keep what diverges still; then go on at the same n, which is
-- something else now.  Returns the lines, and whether there was anything to keep.
local function sweep(lines, candidate_at, first_diverging)
  local at, changed = 1, false
  while true do
    local candidates = {}
    for n = at, at + AT_ONCE - 1 do
      local candidate = candidate_at(lines, n)
      if not candidate then break end
      candidates[#candidates + 1] = candidate
    end
    if #candidates == 0 then return lines, changed end
    local found, length = first_diverging(candidates)
    if found then
      lines, changed, at = candidates[found], true, at + found - 1
      if length and length < #lines then lines = table.move(lines, 1, length, 1, {}) end
    else
      at = at + #candidates
    end
  end
end

-- Leave out stretches of `size` lines, from the last one on: what comes late is often
-- not needed.
local function drop_lines(lines, size, first_diverging)
  return sweep(lines, function(now, n)
    local last = #now - (n - 1) * size
    if last < 1 then return nil end
    return without(now, math.max(1, last - size + 1), last)
  end, first_diverging)
end

-- What else a line could be, each shorter: fewer repetitions, fewer operands, or another
-- number.
local function simpler(line)
  local list = {}
  local times, rest = line:match "^repeat (%d+) (.*)$"
  if times then
    list[#list + 1] = rest
    for _, fewer in ipairs { times // 2, times - times // 8, times - 10, times - 1 } do
      if fewer >= 1 and fewer < tonumber(times) then list[#list + 1] = ("repeat %d %s"):format(fewer, rest) end
    end
  end
  local head, items = (rest or line):match "^(%l+ %S+) (.+)$"
  local kind = head and head:match "^%l+"
  local step = kind == "dict" and 2 or 1
  if kind == "list" or kind == "tuple" or kind == "set" or kind == "dict" then
    local words = {}
    for word in items:gmatch "%S+" do words[#words + 1] = word end
    for first = 1, #words, step do
      local fewer = table.concat(without(words, first, first + step - 1), " ")
      list[#list + 1] = ((times and "repeat " .. times .. " " or "") .. head .. " " .. fewer):gsub(" $", "")
    end
  elseif kind == "finobject" then
    list[#list + 1] = (times and "repeat " .. times .. " " or "") .. head
  end
  return list
end

local function simplify_lines(lines, first_diverging)
  return sweep(lines, function(now, n)
    for at = #now, 1, -1 do
      local choices = simpler(now[at])
      if n <= #choices then
        local candidate = table.move(now, 1, #now, 1, {})
        candidate[at] = choices[n]
        return candidate
      end
      n = n - #choices
    end
    return nil
  end, first_diverging)
end

return function(lines, first_diverging)
  local changed, more
  repeat
    changed = false
    local size = #lines // 2
    while size >= 1 do
      lines, more = drop_lines(lines, size, first_diverging)
      changed = changed or more
      size = size // 2
    end
    lines, more = simplify_lines(lines, first_diverging)
    changed = changed or more
  until not changed
  return lines
end
