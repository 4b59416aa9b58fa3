-- What scenarios are full of, by shorter ways than Lua's own: the text of a chunk is changed
-- before it is compiled.
--
--   a = list {}     becomes    if not name_list 'a' then a = (empty_list() or list {}) end
--   f(list {})      becomes    f((empty_list() or list {}))
--   a:append(b)     becomes    if not append_to(a, b) then a:append(b) end
--
-- So no Lua table is made for `{}`, a new list is not handed from function to function, and no
-- method looked up.  `make bench ROW='cycle pair'` takes two thirds of the time that it takes
-- with `-- _ENV` in its text: such a text keeps what is written (environment.lua).
--
-- The three functions do the whole where that is a short way of the word's (binding.h), and
-- else nothing: then follows what was written.  So it is, too, while the scenario has given the
-- name `list` to something else, of whose results the first is taken, even where all would be;
-- a text in which it might be a local's or a parameter's keeps its displays, and so does an
-- assignment to what might be a local.  Lines keep their numbers.
--
-- No methods of strings here: a scenario's state uses it.

local concat = table.concat
local find, gmatch, match, sub = string.find, string.gmatch, string.match, string.sub

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
  local level = match(text, "^%-?%-?%[(=*)%[", at)      -- or a minus, and then a string
  if level then
    local _, last = find(text, "]" .. level .. "]", at, true)
    return last
  end
  if find(text, "^%-%-", at) then return (find(text, "[\n\r]", at) or #text) end
  return at
end

-- Where the code goes on that ended before `at`: past space and comments.
local function next_code(text, at)
  while true do
    at = find(text, "%S", at) or #text + 1
    if not find(text, "^%-%-", at) then return at end
    at = skipped(text, at) + 1
  end
end

-- `text`, which is Lua, edited: at each `word` of its code `edit` is asked for the first and the
-- last character of what to replace, and by what.  `code` is some of the code before the word: a
-- string or comment ends it.  If the first that it gives is nil, the word stays; if false, the
-- whole text does.
local function edited(text, word, edit, ...)
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
      local from = begin
      if found - from > 100 then from = find(text, "[^%w_]", found - 100) end   -- no part of a word
      local code = sub(text, from, found - 1)
      local first, last, by = edit(text, found, code, ...)
      if first == false then return text end
      if first then
        parts[#parts + 1] = sub(text, copied, first - 1) .. by
        copied = last + 1
      end
    end
  end
  return concat(parts) .. sub(text, copied)
end

-- The last word or other character of a piece of code; nil if it has none.
local function last_token(code)
  return match(code, "([%w_]+)%s*$") or match(code, "(%S)%s*$")
end

local IN_EXPRESSION = set("and", "elseif", "for", "function", "goto", "if", "in", "local", "not",
                          "or", "return", "until", "while")
local ENDS_STATEMENT = set(")", "}", "]", ";")

-- Whether what begins with a name at `first` of a piece of code, and ends before `after` in the
-- text, is a statement.
local function stands_alone(text, code, first, after)
  local last = last_token(sub(code, 1, first - 1)) or "="
  local begins = ENDS_STATEMENT[last] or find(last, "^[%w_]") and not IN_EXPRESSION[last]
  after = next_code(text, after)
  local word = match(text, "^[%w_]+", after)
  return begins and word ~= "and" and word ~= "or" and not find(text, "^[^%w_;]", after)
end

-- ---------------------------------------------------------------------------- locals --

-- What may stand between a keyword and the end of the names that it declares.
local DECLARATIONS = {
  ["local"] = "^[%w_%s,<>]*()", ["for"] = "^[%w_%s,]*()", ["function"] = "^[^)]*()",
}

-- The names that are those of locals or parameters somewhere in a text, as keys, and some others;
-- nil if that is hard to tell.
local function locals_of(text)
  local all = { self = true }
  for keyword, pattern in pairs(DECLARATIONS) do
    for after in gmatch(text, "%f[%w_]" .. keyword .. "%f[^%w_]()") do
      local last = match(text, pattern, after)
      local names = sub(text, after, last - 1)
      if find(names, "--", 1, true) or find(text, "^%-%-", last) then return nil end
      for name in gmatch(names, "[%a_][%w_]*") do all[name] = true end
    end
  end
  return all
end

-- -------------------------------------------------------------------------- displays --

local BEFORE_DISPLAY = set("=", "(", ",", "{", "return", "and", "or")
local DECLARES = set("local", "function", ",")

-- Where `name = list {}` begins, if the display before `after` is that and a statement, and the
-- name; else nil.
local function assignment(text, code, at, after, locals)
  local first, name = match(code, "()%f[%w_]([%a_][%w_]*)%s*=%s*$")
  if name and locals and not locals[name] and stands_alone(text, code, first, after) then
    return at - #code + first - 1, name
  end
end

-- At a `list`.
local function edit_display(text, at, code, locals)
  local before, after = last_token(code), at + #"list"
  local _, last = find(text, "^%s*{%s*}", after)
  if last and BEFORE_DISPLAY[before] then
    local display = "(empty_list() or " .. sub(text, at, last) .. ")"
    local first, name = assignment(text, code, at, last + 1, locals)
    if not first then return at, last, display end
    local written = sub(text, first, at - 1)
    return first, last, "if not name_list '" .. name .. "' then " .. written .. display .. " end "
  end
  if before == "." or find(text, "^%s*[{\"']", after) then return nil end
  if find(text, "^%s*%(", after) and before and not DECLARES[before] then return nil end
  return false                          -- it may name something else
end

-- --------------------------------------------------------------------------- appends --

-- At an `append`: of a name to a name, if that is a statement.
local function edit_append(text, at, code)
  local first, a = match(code, "()%f[%w_]([%a_][%w_]*)[ \t]*:[ \t]*$")
  local b, after = match(text, "^[ \t]*%([ \t]*([%a_][%w_]*)[ \t]*%)()", at + #"append")
  if not a or not b or not stands_alone(text, code, first, after) then return nil end
  first = at - #code + first - 1
  local written = sub(text, first, after - 1)
  return first, after - 1, "if not append_to(" .. a .. ", " .. b .. ") then " .. written .. " end "
end

-- -------------------------------------------------------------------------------------

-- `text`, which is Lua, changed so, as a chunk whose _ENV is a table of the three functions and
-- `hidden`, the text's own; nil if it stays as it is.  Of `{1; a = list {};}` comes what is no Lua.
function shortcuts.taken(text)
  for _, name in ipairs { "name_list", "empty_list", "append_to" } do
    if find(text, name, 1, true) then return nil end
  end
  local short = edited(text, "append", edit_append)
  if find(text, "list%s*{%s*}") then
    short = edited(short, "list", edit_display, locals_of(text))
  end
  if short == text then return nil end
  return "local name_list, empty_list, append_to, _ENV = "
    .. "_ENV.name_list, _ENV.empty_list, _ENV.append_to, _ENV.hidden; " .. short
end

return shortcuts
