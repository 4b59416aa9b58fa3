-- The course passes on every profile, and the README's matrix of it is true.

local json = require "dkjson"
local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"
local refchain = require "refchain"

local profiles = {}
for i, profile in ipairs(refchain.profiles()) do profiles[i] = profile.name end

local course
do
  local folder <close> = program.folder {}
  local result = folder:shell(("cd '%s' && \"$REFCHAIN\" run --profile all --output json scenarios")
    :format(machine.here))
  course = assert(json.decode(result.out), result.err)
end

-- The matrix as the README has it: of each section the scenarios that pass, and those
-- that are skipped after a +.
local function matrix()
  local sections, counts = {}, {}
  for _, test in ipairs(course.tests) do
    local section = test.file:match "scenarios/([^/]+)/"
    if not counts[section] then
      counts[section] = {}
      sections[#sections + 1] = section
    end
    local of_section = counts[section]
    local cell = of_section[test.profile] or { passed = 0, skipped = 0, failed = 0 }
    of_section[test.profile] = cell
    cell[test.status] = cell[test.status] + 1
  end
  table.sort(sections)
  local lines = {
    "| section | " .. table.concat(profiles, " | ") .. " |",
    "| --- |" .. (" --- |"):rep(#profiles),
  }
  for _, section in ipairs(sections) do
    local cells = { section }
    for i, profile in ipairs(profiles) do
      local cell = counts[section][profile]
      cells[i + 1] = cell.skipped > 0 and ("%d + %d"):format(cell.passed, cell.skipped) or tostring(cell.passed)
    end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  return table.concat(lines, "\n") .. "\n"
end

TestCourse = {}

function TestCourse:test_it_passes_on_every_profile()
  lu.assertEquals(course.summary.total % #profiles, 0)
  lu.assertTrue(course.summary.total >= 120 * #profiles)
  for _, test in ipairs(course.tests) do
    lu.assertNotEquals(test.status, "failed", ("%s [%s]: %s"):format(test.file, test.profile, test.message))
  end
end

function TestCourse:test_only_what_a_release_lacks_is_skipped()
  for _, test in ipairs(course.tests) do
    if test.status == "skipped" then
      local name = test.file .. " on " .. test.profile
      lu.assertNotEquals(test.profile, "3.8", name)
      local lacks = test.message:find("has no ", 1, true) or test.message:find("keep no order", 1, true)
      lu.assertNotNil(lacks, name)
    end
  end
end

function TestCourse:test_what_changed_and_what_is_simplified_is_shown_on_every_profile()
  local pages = 0
  for _, test in ipairs(course.tests) do
    if test.file:find "/1[23]%-" then
      pages = pages + 1
      lu.assertEquals(test.status, "passed", test.file .. " on " .. test.profile)
    end
  end
  lu.assertTrue(pages >= 40 * #profiles)
end

function TestCourse:test_the_matrix_in_the_readme_is_that_of_the_program()
  local expected = matrix()
  lu.assertNotNil(machine.read("README.md"):find(expected, 1, true), "the README's matrix should be\n" .. expected)
end

lab.finish()
