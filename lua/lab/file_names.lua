-- Names for files of tests: "a/b.lua::test_x [3.8]" -> "a-b-test_x.3.8".

local file_names = {}
file_names.__index = file_names

function file_names.new() return setmetatable({ used = {} }, file_names) end

-- The name for a test's files, which no other test has been given.
function file_names:of(test)
  local base = test:gsub("^[./]+", ""):gsub("%.lua%f[:%[ \0]", ""):gsub("::", "-")
                   :gsub(" %[(.-)%]$", ".%1"):gsub("[^%w_.]+", "-")
  local unique, count = base, 1
  while self.used[unique] do
    count = count + 1
    unique = ("%s-%d"):format(base, count)
  end
  self.used[unique] = true
  return unique
end

return file_names
