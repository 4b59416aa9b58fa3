-- Lua patterns as a user gives them: what is wrong with one.

local pattern = {}

-- The end of the set that begins at `at` with "[", or nil.
local function end_of_set(text, at)
  at = at + 1
  if text:sub(at, at) == "^" then at = at + 1 end
  repeat                                -- the first may be a "]"
    if text:sub(at, at) == "%" then at = at + 1 end
    at = at + 1
    if at > #text then return nil end
  until text:sub(at, at) == "]"
  return at
end

-- What stands behind "%" at `at`: its end, or nil and what is wrong.
local function end_of_escape(text, at, captures)
  local letter = text:sub(at + 1, at + 1)
  if letter == "" then return nil, "it ends with '%'" end
  if letter == "b" then
    if at + 3 > #text then return nil, "'%b' needs two characters" end
    return at + 3
  elseif letter == "f" then
    if text:sub(at + 2, at + 2) ~= "[" then return nil, "'%f' needs a set" end
  elseif letter:find "%d" and captures[tonumber(letter)] ~= "closed" then
    return nil, ("there is no capture %%%s"):format(letter)
  end
  return at + 1
end

-- What is wrong with a pattern, whatever it is matched with; nil when nothing is.
function pattern.problem(text)
  if not text:find "[%^%$%*%+%?%.%(%[%%%-]" then return nil end         -- Lua takes it as it is
  local captures, open, at = {}, {}, 1
  while at <= #text do
    local character, last, problem = text:sub(at, at), at, nil
    if character == "%" then
      last, problem = end_of_escape(text, at, captures)
    elseif character == "[" then
      last, problem = end_of_set(text, at), "a ']' is missing"
    elseif character == "(" then
      captures[#captures + 1] = "open"
      table.insert(open, #captures)
    elseif character == ")" then
      if #open == 0 then return "a '(' is missing" end
      captures[table.remove(open)] = "closed"
    end
    if not last then return problem end
    at = last + 1
  end
  if #open > 0 then return "a ')' is missing" end
  return #captures > 32 and "it has more than 32 captures" or nil
end

return pattern
