-- Answers: what why(x), ledger(x), gc.forecast() … give.
--
-- An answer is a plain table of facts whose tostring is the sentences that a person
-- reads, one or several lines.  Nothing in it is live: it stays as it is, whatever
-- becomes of the heap.

local answer = {}

-- An answer of a kind ("why"): `fields`, which becomes the answer, and its text without
-- a newline at the end, or a function of the fields that makes it when it is asked for.
function answer.new(kind, fields, text)
  local metatable = { __name = kind, __metatable = false }
  if type(text) == "function" then
    local make = text
    function metatable.__tostring(self) return make(self) end
  else
    assert(type(text) == "string", "answer.new: a text or a function is expected")
    function metatable.__tostring() return text end
  end
  return setmetatable(fields, metatable)
end

return answer
