-- The mutants fit the sources as they are now.  (Whether a test notices them, `make mutants`
-- tells.  Not in tests/lua: those are run on each mutant, which none of the others fits.)

package.path = "tests/mutants/?.lua;tests/support/?.lua;" .. package.path

local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"
local edits = require "edits"
local facts = require "facts"
local fields = require "fields"

local function is_test(path) return machine.exists(path .. ".c") or machine.exists(path .. ".lua") end

TestEdits = {}

function TestEdits:test_a_text_that_stands_there_once_is_replaced()
  lu.assertEquals(edits.apply("one two", { "two", "three" }), "one three")
end

function TestEdits:test_a_text_that_is_not_there_does_not_fit()
  lu.assertNil(edits.apply("one two", { "three", "four" }))
end

function TestEdits:test_a_text_that_stands_there_twice_does_not_fit()
  lu.assertNil(edits.apply("one one", { "one", "two" }))
end

function TestEdits:test_a_later_edit_finds_what_an_earlier_one_has_left()
  lu.assertEquals(edits.apply("one one two", { "one two", "three", "one", "four" }), "four three")
end

TestMutants = {}

function TestMutants:test_the_edits_of_every_fact_fit_its_source()
  local stale = {}
  for _, fact in ipairs(facts) do
    local text = machine.read(fact.file) or ""
    local mutant = edits.apply(text, fact.edits)
    if not mutant or mutant == text then
      stale[#stale + 1] = ("%s: %s (%s)"):format(fact.file, fact.fact, fact.section)
    end
  end
  lu.assertEquals(stale, {})
end

-- By itself, so that CI can tell in seconds: whether each links, `make mutants` sees.  A
-- function that is called but nowhere declared, gcc only warns of: so warnings are errors.
function TestMutants:test_every_edited_source_compiles()
  local folder <close> = program.folder()
  local compile = (os.getenv "CC" or "cc")
    .. " -std=c11 -D_GNU_SOURCE -Iinclude -I%s -fsyntax-only -Werror -x c %s 2>&1"
  local broken = {}
  for i, fact in ipairs(facts) do
    local mutant = edits.apply(machine.read(fact.file), fact.edits)
    if mutant then                      -- else the test above names it
      local name = ("%d.%s"):format(i, fact.file:match "%w+$")
      folder:write(name, mutant)
      local source = machine.quote(folder.name .. "/" .. name)
      local said, good = machine.output_of(compile:format(machine.quote(fact.file:match "(.*)/"), source))
      if not good then broken[#broken + 1] = ("%s: %s"):format(fact.fact, said:match "error: [^\n]*" or said) end
    end
  end
  lu.assertEquals(broken, {})
end

function TestMutants:test_every_field_that_only_tests_show_stands_in_its_table()
  local missing = {}
  for _, release in ipairs(fields.releases) do
    for _, setting in ipairs(fields.settings(release)) do
      local fits = not setting.test
      for _, file in ipairs(edits.tables) do
        fits = fits or edits.set_field(machine.read(file), release, setting.name, "") ~= nil
      end
      if not fits then missing[#missing + 1] = ("%s: %s"):format(release, setting.name) end
    end
  end
  lu.assertEquals(missing, {})
end

function TestMutants:test_the_tests_that_are_likely_to_notice_are_there()
  for _, fact in ipairs(facts) do lu.assertTrue(not fact.test or is_test(fact.test), fact.test) end
  for _, release in ipairs(fields.releases) do
    for _, setting in ipairs(fields.settings(release)) do
      lu.assertTrue(not setting.test or is_test(setting.test), setting.test)
    end
  end
end

lab.finish()
