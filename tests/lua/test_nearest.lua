-- What is taken for a mistyped name, and what is not.

local lu = require "luaunit"
local lab = require "lab"
local nearest = require "refchain.nearest"
local words = require "refchain.words"

TestNearest = {}

function TestNearest:test_a_word_is_found_past_wrong_missing_and_swapped_letters()
  lu.assertEquals(nearest.of("expect_refcount", words.names()), "expect_refcnt")
  lu.assertEquals(nearest.of("lst", words.names()), "list")
  lu.assertEquals(nearest.of("lsit", words.names()), "list")
  lu.assertEquals(nearest.of("LIST", words.names()), "list")
end

function TestNearest:test_of_what_is_equally_near_the_first_is_taken()
  lu.assertEquals(nearest.of("cat", { "bat", "hat" }), "bat")
  lu.assertEquals(nearest.of("cat", { "hat", "bat" }), "hat")
end

function TestNearest:test_nonsense_is_near_no_word()
  for _, nonsense in ipairs { "", "x", "q", "foo", "xyz", "wxyz", "banana", "zzzzzz" } do
    lu.assertNil(nearest.of(nonsense, words.names()), nonsense)
  end
end

function TestNearest:test_a_hint_shares_two_thirds_of_the_letters()
  lu.assertEquals(nearest.hint("appned", { "append" }), "; did you mean 'append'?")
  lu.assertEquals(nearest.hint("abc", { "abx" }), "; did you mean 'abx'?")
  lu.assertEquals(nearest.of("ab", { "ax" }), "ax")
  lu.assertEquals(nearest.hint("ab", { "ax" }), "")
  lu.assertEquals(nearest.hint("x", { "x" }), "")
end

lab.finish()
