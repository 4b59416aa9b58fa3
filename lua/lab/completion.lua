-- What the Tab key offers in the shell.

local core = require "refchain.core"
local words = require "refchain.words"

local find, match, gmatch, sub = string.find, string.match, string.gmatch, string.sub

local KEYWORDS = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}
local LIBRARY = {
  "assert", "coroutine", "error", "ipairs", "load", "math", "next", "os", "pairs", "pcall", "print",
  "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "string", "table", "tonumber",
  "tostring", "type", "utf8", "xpcall", "exit", "help", "quit", "None", "True", "False",
}

local completion = {}

-- Those of `lists` that begin with `beginning`, each once, sorted.
local function beginning_with(beginning, ...)
  local found, seen = {}, {}
  for _, list in ipairs { ... } do
    for _, name in ipairs(list) do
      if not seen[name] and sub(name, 1, #beginning) == beginning then
        seen[name] = true
        found[#found + 1] = name
      end
    end
  end
  table.sort(found)
  return found, #beginning
end

local function keys_of(value)
  local names = {}
  if type(value) ~= "table" then return names end
  for key in pairs(value) do
    if type(key) == "string" and find(key, "^[%a_][%w_]*$") then names[#names + 1] = key end
  end
  return names
end

-- The value of "gc" or "heap.profile" in the environment; nothing is called.
local function resolve(env, path)
  local value = env
  for name in gmatch(path, "[^.]+") do
    if value ~= env and type(value) ~= "table" then return nil end
    value = value[name]
  end
  return value
end

local function methods(value)
  if type(value) == "string" then return keys_of(string) end
  local info = core.handle_info(value)
  if not info then return {} end
  local known = words.methods(info.type)
  return #known > 0 and known or words.methods "instance"
end

-- The entries of "gc" among the words: what is in a table that is more than a table.
local function entries(path)
  local names = {}
  for _, word in ipairs(words) do
    local name = match(word.name, "^" .. path .. "%.([%w_]+)$")
    if name then names[#names + 1] = name end
  end
  return names
end

-- The words that can stand at the end of `text`, and how many of its bytes they
-- replace.
function completion.find(env, text)
  local path, mark, beginning = match(text, "([%a_][%w_.]*)([.:])([%w_]*)$")
  if path and not find(path, "%.%.") and not find(path, "%.$") then
    if mark == ":" then return beginning_with(beginning, methods(resolve(env, path))) end
    return beginning_with(beginning, keys_of(resolve(env, path)), entries(path))
  end
  beginning = match(text, "[%a_][%w_]*$") or ""
  return beginning_with(beginning, keys_of(env), words.globals(), LIBRARY, KEYWORDS)
end

return completion
