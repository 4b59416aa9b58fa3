-- The one table of words: what each is called, takes, means and gives.  Help,
-- completion, the checks of the words written in Lua (lua_words.lua) and the tests of
-- misuse are made from it.  The words are in words/, a file for each group.
--
-- The module is a sequence of words in reading order.  A word is a table:
--
--   name       "list:append", "gc.collect", "refcnt"
--   group      "list": a key of `words.groups`, in whose order the groups come
--   signature  "l:append(x)"
--   params     a sequence of { name =, kind =, optional =, rest = }; the object of a
--              method is not among them
--   least      how many of them a call must have
--   most       how many it may have; math.huge: any number
--   receiver   the type of a method's object: "list"
--   given      code that makes what `call` needs
--   target     what stands before the arguments: "l:append"; nil for what is not called
--   args       what `call` passes: an expression for each parameter that is needed
--   call       code that uses the word rightly: "l:append(4)"
--   meaning, results, errors (a sequence of names), example (code that asserts)
--
-- Kinds of parameters:
--
--   value     a heap object, or a Lua number, string or boolean that becomes one
--   object    a heap object; a Lua value is refused
--   literal   a Lua number, string or boolean
--   handle    a handle, a dead one too
--   iterable  a list, tuple, dict, set, frozenset or str
--   any       any Lua value
--   list, dict, set, instance, temporary …   a heap object of that sort
--   integer, number, string, boolean, function, table   a Lua value
--   name      a string: the name of a scenario's variable
--   type      the name of a type, "list", the word that makes it, or a class
--   event     a string: the name of an event, "destroyed"
--
-- To add a word: write its entry in the file of its group, the parameters as "x: value,
-- n: integer?" with `?` for what may be left out and `...` for any number more.  A file
-- gives the group's title, too, and the `receiver` and `given` of all words that have
-- none of their own.

local concat, sort = table.concat, table.sort
local find, gmatch, gsub, match = string.find, string.gmatch, string.gsub, string.match
local format = string.format

local GROUPS = {
  "make", "names", "look", "list", "tuple", "dict", "set", "object", "operators", "weak", "sys", "gc", "heap",
  "why", "expect", "story",
}

local words = { by_name = {}, groups = {} }

-- An argument that each kind accepts, for calls that do not name their own.
local SAMPLES = {
  value = "4", literal = "4", object = "x", handle = "x", iterable = "list{4, 5}", any = "4", integer = "0",
  number = "1", string = "\"text\"", boolean = "true", name = "\"v1\"", type = "\"list\"",
  event = "\"destroyed\"", table = "{}", ["function"] = "function() end",
}

local function parse_params(text)
  local params = {}
  for part in gmatch(text or "", "[^,]+") do
    local name, kind, mark = match(part, "^%s*([%w_]+): ([%a]+)([?.]*)%s*$")
    assert(name, "not a parameter: " .. part)
    params[#params + 1] = {
      name = name, kind = kind, optional = mark ~= "" or nil, rest = mark == "..." or nil,
    }
  end
  return params
end

local function count(params)
  local least, most = 0, #params
  for _, param in ipairs(params) do
    if not param.optional then least = least + 1 end
    if param.rest then most = math.huge end
  end
  return least, most
end

local function unindent(text)
  local indent = match(text, "^\n?( *)")
  text = gsub(gsub(text, "^\n", ""), "%s+$", "")
  return (gsub("\n" .. text, "\n" .. indent, "\n"):sub(2))
end

local function default_args(params)
  local args = {}
  for _, param in ipairs(params) do
    if not param.optional then args[#args + 1] = SAMPLES[param.kind] end
  end
  return args
end

-- What stands before the arguments of a call; nil for what is not called.
local function target_of(word)
  if word.receiver or find(word.name, ":", 1, true) then return match(word.signature, "^([%a_][%w_.:]*)%(") end
  if word.signature ~= word.name then return match(word.name, "^[%a_][%w_.]*$") end
  return nil
end

local function finish(word, name, group)
  word.group = name
  word.params = parse_params(word.params)
  word.least, word.most = count(word.params)
  if word.receiver == nil then word.receiver = group.receiver end
  word.given = word.given or group.given or ""
  word.args = word.args or default_args(word.params)
  word.errors = word.errors or {}
  word.results = word.results or "nothing"
  word.example = unindent(word.example)
  word.target = word.target or target_of(word)
  word.call = word.call or format("%s(%s)", word.target, concat(word.args, ", "))
  return word
end

for i, name in ipairs(GROUPS) do
  local group = require("refchain.words." .. name)
  words.groups[i] = { name = name, title = group.title }
  words.groups[name] = group.title
  for _, word in ipairs(group) do
    words[#words + 1] = finish(word, name, group)
    words.by_name[word.name] = word
  end
end

-- ------------------------------------------------------------------------- finding --

-- All names, in reading order.
function words.names()
  local names = {}
  for i, word in ipairs(words) do names[i] = word.name end
  return names
end

-- What `help "text"` means: the word of this name, or the words that contain it as
-- their last part ("append", "collect") or their first ("weakref"), whose group it is, or
-- that are written so ("l:append").
function words.find(text)
  if words.by_name[text] then return { words.by_name[text] } end
  local found = {}
  for _, word in ipairs(words) do
    local first, last = match(word.name, "^([%w_]+)[.:(]"), match(word.name, "[.:]([%w_]+)$")
    local written = match(word.signature, "^%a:[%w_]+")
    if text == first or text == last or text == word.group or text == written then
      found[#found + 1] = word
    end
  end
  return found
end

-- What a scenario can write first: plain names, and the first parts of dotted ones.
-- Sorted.
function words.globals()
  local seen, names = {}, {}
  for _, word in ipairs(words) do
    local name = not word.receiver and match(word.name, "^([%a_][%w_]*)%f[.:\0]")
    if name and not seen[name] then
      seen[name] = true
      names[#names + 1] = name
    end
  end
  sort(names)
  return names
end

-- The names of a type's methods, sorted: words.methods("list") has "append".
function words.methods(type_name)
  local names = {}
  for _, word in ipairs(words) do
    local method = word.receiver == type_name and match(word.name, ":([%w_]+)$")
    if method then names[#names + 1] = method end
  end
  sort(names)
  return names
end

return words
