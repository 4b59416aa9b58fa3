-- Scenarios × profiles: what became of each on each.

local matrix = {}
matrix.__index = matrix

local WIDTH = 80
local NARROW = 30               -- characters of a test's name that are shown in any case
local MARKS = { passed = "+", failed = "F", skipped = "s" }
local WORST = { passed = 1, skipped = 2, failed = 3 }

-- For the profiles that profile_names.chosen() gives: a column is headed by its
-- profile's base, and what is set, which is the same in all, stands above.
function matrix.new(profiles)
  local names, columns, set = {}, {}, ""
  for i, profile in ipairs(profiles) do
    names[i], columns[profile.name] = profile.base, i
    set = profile.name:sub(#profile.base + 2)
  end
  return setmetatable({ names = names, columns = columns, set = set, rows = {} }, matrix)
end

-- A test (FILE or FILE::test_…) has passed, failed or been skipped on a profile.  Of
-- several rounds the worst counts.
function matrix:add(test, profile, kind)
  local row = self.rows[test]
  if not row then
    row = { test = test }
    self.rows[#self.rows + 1], self.rows[test] = row, row
  end
  local column = self.columns[profile]
  if not row[column] or WORST[kind] > WORST[row[column]] then row[column] = kind end
end

-- The last characters of a text that fit, behind "…".
local function ending(text, most)
  local length = utf8.len(text)
  if not length or length <= most then return text end
  return "…" .. text:sub(utf8.offset(text, length - most + 2))
end

-- The heading is a staircase, for names are longer than their columns are wide:
--
--                    3.7
--                    | 3.8
--                    | | 3.13
--     a.lua          + + F
function matrix:text()
  local widest, heading = 0, 0
  for i, name in ipairs(self.names) do heading = math.max(heading, 2 * (i - 1) + utf8.len(name)) end
  for _, row in ipairs(self.rows) do widest = math.max(widest, utf8.len(row.test) or #row.test) end
  widest = math.min(widest, math.max(WIDTH - 2 - heading, NARROW))
  local lines = { self.set ~= "" and self.set .. "\n" or nil }
  for i, name in ipairs(self.names) do
    lines[#lines + 1] = (" "):rep(widest + 2) .. ("| "):rep(i - 1) .. name
  end
  for _, row in ipairs(self.rows) do
    local test, marks = ending(row.test, widest), {}
    for i in ipairs(self.names) do marks[i] = row[i] and MARKS[row[i]] or "." end
    local gap = widest + 2 - (utf8.len(test) or #test)
    lines[#lines + 1] = test .. (" "):rep(gap) .. table.concat(marks, " ")
  end
  lines[#lines + 1] = "\n+ passed  F failed  s skipped  . not run"
  return table.concat(lines, "\n") .. "\n"
end

return matrix
