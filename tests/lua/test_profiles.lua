-- Profiles of one's own: heap.new{…} and refchain.new{…} with fields of a profile.

local lu = require "luaunit"
local lab = require "lab"
local core = require "refchain.core"
local refchain = require "refchain"

TestDerived = {}

function TestDerived:setUp() self.py = lab.open { profile = "3.8" } end
function TestDerived:tearDown() lab.close(self.py) end

function TestDerived:run(code) return lab.run(self.py, code) end

function TestDerived:refuses(code, message)
  lu.assertStrContains(lab.fails(self.py, code), message)
end

function TestDerived:test_its_name_shows_what_was_set_in_the_order_of_the_fields()
  lu.assertEquals(self:run [[return heap.new{
    float_free = 0, thresholds = {2000, 10, 10}, has_freeze = false, trigger = "deferred",
  }.heap.profile.name]], "3.8 with thresholds = {2000, 10, 10}, trigger = deferred, has_freeze = no, float_free = 0")
  lu.assertEquals(self:run "return heap.new{profile = '3.13'}.heap.profile.name", "3.13")
end

function TestDerived:test_what_was_set_is_yours()
  self:run [[
    local own = heap.new{profile = "3.13", float_free = 3}
    expect_eq(own.heap.profile.sources.float_free, "yours")
    expect_eq(own.heap.profile.float_free, 3)
    expect_eq(own.heap.profile.sources.list_free, heap.new{profile = "3.13"}.heap.profile.sources.list_free)]]
end

function TestDerived:test_the_heap_does_as_it_was_told()
  self:run [[
    local own = heap.new{float_free = 1, thresholds = {5, 1, 1}, small_int_greatest = 300}
    own.drop(own.float(1.5))
    local _, room = own.heap.freelist "float"
    expect_eq(room, 1)
    expect_eq({ own.gc.get_threshold() }, { 5, 1, 1 })
    expect(own.is(own.int(300), own.int(300)))
    expect(not own.is(own.int(301), own.int(301)))]]
end

function TestDerived:test_a_module_takes_fields_beside_its_options()
  local py = lab.open { profile = "3.7", float_free = 0, trace_refs = true }
  lu.assertEquals(py.heap.profile.name, "3.7 with float_free = 0, trace_refs = yes")
  lu.assertEquals(lab.run(py, "return heap.new{}.heap.profile.name"), py.heap.profile.name)
  lu.assertEquals(lab.run(py, "return heap.new{float_free = 2}.heap.profile.float_free"), 2)
  lu.assertEquals(lab.run(py, "return heap.new{profile = '3.7'}.heap.profile.name"), "3.7")
  lab.close(py)
end

function TestDerived:test_an_unknown_field_names_the_nearest()
  self:refuses("heap.new{float_fre = 0}", "no profile field is called 'float_fre'; did you mean 'float_free'?")
  lu.assertErrorMsgContains("did you mean 'float_free'?", refchain.new, { float_fre = 0 })
end

-- What each kind of field refuses, with what it says.
local WRONG = {
  { "characters = -1", "characters: -1 is not possible; it takes a whole number from 0 to 256 (code points)" },
  { "float_free = 1000001", "float_free: 1000001 is not possible" },
  { "float_free = 1.5", "float_free: 1.5 is not possible" },
  { "float_free = '7'", "float_free: '7' is not possible" },
  { "float_free = {1}", "float_free: a table of 1 value is not possible" },
  { "float_free = true", "float_free: true is not possible" },
  { "small_int_least = 1", "small_int_least: 1 is not possible; it takes a whole number from -1000000 to 0 (value)" },
  { "has_freeze = 2", "has_freeze: 2 is not possible; it takes true or false" },
  { "has_freeze = 'no'", "has_freeze: 'no' is not possible" },
  { "thresholds = 700", "thresholds: 700 is not possible; it takes three whole numbers, as {700, 10, 10}" },
  { "thresholds = {1, 2}", "thresholds: a table of 2 values" },
  { "thresholds = {1, 2, 3, 4}", "thresholds: a table of 4 values" },
  { "thresholds = {1, 1 << 40, 2}", "thresholds: value 2 (1099511627776) is not possible; it takes three" },
  { "thresholds = {1.5, 1, 2}", "thresholds: value 1 (1.5) is not possible" },
  { "thresholds = {1, 2, 1 << 40}", "each from -2147483648 to 2147483647" },
  { "thresholds = {1, 2, 'x'}", "thresholds: value 3 ('x') is not possible" },
  { "trigger = 'never'", "trigger: 'never' is not possible; it takes the name of a strategy: 'at once', 'deferred'" },
  { "trigger = 1", "trigger: 1 is not possible" },
  { "trigger = print", "trigger: a function is not possible" },
}

function TestDerived:test_an_impossible_value_says_field_value_and_what_is_possible()
  for _, case in ipairs(WRONG) do self:refuses("heap.new{" .. case[1] .. "}", case[2]) end
  for _, case in ipairs(WRONG) do
    local options = load("return {" .. case[1] .. "}")()
    lu.assertErrorMsgContains(case[2], refchain.new, options)
  end
end

function TestDerived:test_every_field_tells_what_it_takes()
  for _, field in ipairs(core.profile()) do
    lu.assertNotEquals(field.help, "")
    lu.assertNotEquals(field.unit, "")
    if field.kind == "strategy" then
      lu.assertEquals(#field.choices > 0, true, field.name)
      for _, choice in ipairs(field.choices) do core.profile("3.8", { [field.name] = choice }) end
    else
      lu.assertEquals(field.least <= field.greatest, true, field.name)
    end
    lu.assertErrorMsgContains(field.name .. ": ", core.profile, "3.8", { [field.name] = "impossible" })
    lu.assertErrorMsgContains(field.name .. ": ", core.profile, "3.8", { [field.name] = {} })
  end
end

function TestDerived:test_a_wrong_one_leaves_nothing_behind()
  local before = collectgarbage "count"
  for _ = 1, 200 do pcall(refchain.new, { characters = -1, thresholds = { 1, 2, 3 } }) end
  for _ = 1, 2 do collectgarbage() end         -- a lab goes after its finalizer has run
  lu.assertEquals(collectgarbage "count" < before + 200, true)
end

lab.finish()
