-- The recorded counts of instructions (instructions.txt): one line for each compiler and
-- kind of object, `COMPILER: KIND COUNT`.

local records = {}

records.PATH = "tests/bench/instructions.txt"
records.MOST_GROWTH = 0.03

-- Counts by compiler and kind.
function records.read(text)
  local all = {}
  for line in text:gmatch "[^\n]+" do
    if not line:find "^#" then
      local compiler, kind, count = line:match "^(.-): (%w+) ([%d.]+)$"
      if not compiler then error("not a line of recorded counts: " .. line, 0) end
      all[compiler] = all[compiler] or {}
      all[compiler][kind] = tonumber(count)
    end
  end
  return all
end

function records.write(all)
  local lines = {}
  for compiler, kinds in pairs(all) do
    for kind, count in pairs(kinds) do lines[#lines + 1] = ("%s: %s %.1f"):format(compiler, kind, count) end
  end
  table.sort(lines)
  table.insert(lines, 1, "# Instructions per object made and destroyed: make bench-instructions RECORD=1")
  return table.concat(lines, "\n") .. "\n"
end

-- "grown" if a count is more than 3 % above what is recorded (nil: nothing is), "less" if
-- as much below, else "".
function records.verdict(count, recorded)
  if not recorded then return "" end
  if count > recorded * (1 + records.MOST_GROWTH) then return "grown" end
  return count < recorded * (1 - records.MOST_GROWTH) and "less" or ""
end

return records
