-- Answers: facts with a text.

local lu = require "luaunit"
local lab = require "lab"
local answer = require "refchain.answer"
local refchain = require "refchain"

TestAnswer = {}

function TestAnswer:setUp()
  self.output = {}
  self.py = lab.open { output = self.output }
end

function TestAnswer:tearDown() lab.close(self.py) end

function TestAnswer:test_is_a_table_of_its_facts()
  local fields = { birth = 12, holders = { "name v1" } }
  local given = answer.new("why", fields, "list #12\nheld by name v1")
  lu.assertIs(given, fields)
  lu.assertEquals(given.birth, 12)
  local names = {}
  for name in pairs(given) do names[#names + 1] = name end
  table.sort(names)
  lu.assertEquals(names, { "birth", "holders" })
end

function TestAnswer:test_reads_as_its_text()
  lu.assertEquals(tostring(answer.new("why", {}, "one\ntwo")), "one\ntwo")
end

function TestAnswer:test_may_make_its_text_of_its_facts_when_it_is_asked()
  local asked = 0
  local given = answer.new("why", { count = 3 }, function(facts)
    asked = asked + 1
    return "count " .. facts.count
  end)
  lu.assertEquals(asked, 0)
  lu.assertEquals(tostring(given), "count 3")
end

function TestAnswer:test_needs_a_text()
  lu.assertErrorMsgContains("a text or a function is expected", answer.new, "why", {})
end

function TestAnswer:test_is_printed_whole_by_the_printer_and_in_a_scenario()
  local long = ("x"):rep(1000) .. "\nsecond line"
  local given = answer.new("why", {}, long)
  lu.assertEquals(refchain.inside(self.py).printer.line(given), long)
  self.py.given = nil
  lab.run(self.py, "local given = ... print(given) show(given) print(getmetatable(given))", given)
  lu.assertEquals(table.concat(self.output), long .. "\n" .. long .. "\nfalse\n")
end

function TestAnswer:test_stays_short_where_a_value_must_be()
  local given = answer.new("why", {}, ("x"):rep(1000))
  lu.assertTrue(#refchain.inside(self.py).printer.brief(given) < 100)
end

lab.finish()
