-- Two statements that scenarios are full of, by shorter ways than Lua's own: the text of a chunk
-- is changed before it is compiled.
--
--   = list {}       becomes    = (empty_list() or list {})
--   a:append(b)     becomes    if not append_to(a, b) then a:append(b) end
--
-- So no Lua table is made for `{}`, and no method looked up: of two lists that refer to each other
-- that is an eighth of the time, and a tenth.  Each of the two functions does the whole where
-- that is a short way of the word's (binding.h), and else nothing: then follows what was written.
-- So it is, too, while the scenario has given the name `list` to something else; a text in which
-- it might be a local's or a parameter's keeps its displays.  Lines keep their numbers.
--
-- No methods of strings here: a scenario's state uses it.

local concat = table.concat
local find, match, sub = string.find, string.match, string.sub

local shortcuts = {}

local function set(...)
  local all = {}
  for _, element in ipairs { ... } do all[element] = true end
  return all
end

-- -------------------------------------------------------------------------- scanning --

-- The last character of the string that the quote at `at` opens.
local function closing_quote(text, at)
  local quote, from = sub(text, at, at), at + 1
  while true do
    local found = find(text, "[\\" .. quote .. "]", from)
    if sub(text, found, found) == quote then return found end
    from = found + 2
  end
end

-- The last character of the string or comment that begins at `at`; `at` if none does.
local function skipped(text, at)
  if find(text, "^[\"']", at) then return closing_quote(text, at) end
  local comment, level = match(text, "^(%-?%-?)%[(=*)%[", at)
  if level and #comment ~= 1 then
    local _, last = find(text, "]" .. level .. "]", at, true)
    return last
  end
  if find(text, "^%-%-", at) then return (find(text, "\n", at, true) or #text) end
  return at
end

-- `text`, which is Lua, edited: at each `word` of its code `edit` is asked for the first and the
-- last character of what to replace, and by what.  `code` is some of the code before the word: a
-- string or comment ends it.  If the first that it gives is nil, the word stays; if false, the
-- whole text does.
local function edited(text, word, edit)
  local parts, copied = {}, 1
  local at, begin = 1, 1                -- what comes next; where this piece of code began
  local found, other = 0, 0             -- the next word, and the next that may be no code
  while true do
    if found < at then found = find(text, "%f[%w_]" .. word .. "%f[^%w_]", at) end
    if not found then break end
    if other and other < at then other = find(text, "[\"'%[-]", at) end
    if other and other < found then
      local last = skipped(text, other)
      at = last + 1
      if last > other then begin = at end
    else
      at = found + #word
      local code = sub(text, math.max(begin, found - 100), found - 1)
      local first, last, by = edit(text, found, code)
      if first == false then return text end
      if first then
        parts[#parts + 1] = sub(text, copied, first - 1) .. by
        copied = last + 1
      end
    end
  end
  return concat(parts) .. sub(text, copied)
end

-- The word or other character that a piece of code ends with; nil if it has none.
local function last_token(code)
  return match(code, "([%w_]+)%s*$") or match(code, "(%S)%s*$")
end

-- -------------------------------------------------------------------------- displays --

local BEFORE_DISPLAY = set("=", "(", ",", "{", "return", "and", "or")
local DECLARES = set("local", "function", ",")

-- At a `list`.
local function edit_display(text, at, code)
  local before, after = last_token(code), at + #"list"
  local _, last = find(text, "^%s*{%s*}", after)
  if last and BEFORE_DISPLAY[before] then return at, last, "(empty_list() or " .. sub(text, at, last) .. ")" end
  if before == "." or before == ":" or find(text, "^%s*[{\"']", after) then return nil end
  if find(text, "^%s*%(", after) and before and not DECLARES[before] then return nil end
  return false                          -- it may name something else
end

-- --------------------------------------------------------------------------- appends --

local IN_EXPRESSION = set("and", "elseif", "for", "function", "goto", "if", "in", "local", "not", "or", "return",
                          "until", "while")
local ENDS_STATEMENT = set(")", "}", "]", ";")

-- At an `append`: of a name to a name, if that is a statement.
local function edit_append(text, at, code)
  local receiver = match(code, "()%f[%w_][%a_][%w_]*[ \t]*:[ \t]*$")
  local after = match(text, "^[ \t]*%([ \t]*[%a_][%w_]*[ \t]*%)()", at + #"append")
  if not receiver or not after or find(text, "^%s*[.:%[({\"'=]", after) then return nil end
  local before = last_token(sub(code, 1, receiver - 1)) or "="
  if not ENDS_STATEMENT[before] and (IN_EXPRESSION[before] or not find(before, "^[%w_]")) then return nil end
  local first = at - #code + receiver - 1
  local written = sub(text, first, after - 1)
  local a, b = match(written, "^([%w_]+).-([%w_]+)[ \t]*%)$")
  return first, after - 1, "if not append_to(" .. a .. ", " .. b .. ") then " .. written .. " end"
end

-- -------------------------------------------------------------------------------------

-- `text`, which is Lua, as a chunk that is given empty_list and append_to and returns the
-- function of the text, changed so; nil if it stays as it is.
function shortcuts.taken(text)
  if find(text, "empty_list", 1, true) or find(text, "append_to", 1, true) then return nil end
  local short = edited(edited(text, "append", edit_append), "list", edit_display)
  if short == text then return nil end
  return "local empty_list, append_to = ... return function(...) " .. short .. "\nend"
end

return shortcuts
