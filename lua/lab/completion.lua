-- What the Tab key offers in the shell.  Nothing of the scenario's is called: tables are
-- read raw, and of metatables only an __index that is a table is followed.

local core = require "refchain.core"
local refchain = require "refchain"
local words = require "refchain.words"

local find, gsub, match, gmatch, sub = string.find, string.gsub, string.match, string.gmatch, string.sub
local metatable_of = debug.getmetatable

local DEEPEST = 16                      -- tables one behind the other
local KEYWORDS = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
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

-- The tables that a key of `value` is looked for in, one after the other.
local function layers(value)
  local found = {}
  while type(value) == "table" and #found < DEEPEST do
    found[#found + 1] = value
    local metatable = metatable_of(value)
    value = metatable and rawget(metatable, "__index")
  end
  return found
end

local function lookup(value, key)
  for _, layer in ipairs(layers(value)) do
    local found = rawget(layer, key)
    if found ~= nil then return found end
  end
  return nil
end

-- The names among the keys of a table; those of functions alone if `functions`.
local function keys_of(value, functions)
  local names = {}
  for _, layer in ipairs(layers(value)) do
    for key, entry in next, layer do
      if type(key) == "string" and find(key, "^[%a_][%w_]*$")
         and (not functions or type(entry) == "function") then
        names[#names + 1] = key
      end
    end
  end
  return names
end

-- The value of "gc" or "heap.profile" in the environment.
local function resolve(env, path)
  local value = env
  for name in gmatch(path, "[^.]+") do value = lookup(value, name) end
  return value
end

-- The fields of a profile: those of any.
local function profile_fields()
  local names = { "name", "sources", "summary" }
  for _, field in ipairs(core.profiles()[1]) do names[#names + 1] = field.name end
  return names
end

-- "append" for "gc.callbacks": the methods of what is a word itself.
local function methods_of_word(path)
  local names, pattern = {}, "^" .. gsub(path, "%.", "%%.") .. ":([%w_]+)$"
  for _, word in ipairs(words) do names[#names + 1] = match(word.name, pattern) end
  return names
end

local function methods(env, value, path)
  if type(value) == "string" then return keys_of(refchain.inside(env).words.string) end
  if refchain.inside(value) then return { "close", "env" } end
  local info = core.handle_info(value)
  if not info then
    local known = methods_of_word(path)
    return #known > 0 and known or keys_of(value, true)
  end
  return words.methods(info.type)
end

-- All that can stand alone.  LuaUnit's names are there once one has been asked for.
local function globals(env, beginning)
  if find(beginning, "^ass") or find(beginning, "^fail") or find(beginning, "^skip") then
    local _ = refchain.inside(env).words.assertEquals
  end
  return keys_of(env)
end

-- The words that can stand at the end of `text`, and how many of its bytes they
-- replace.
function completion.find(env, text)
  local chunk = gsub(match(text, "[%w_.:]*$"), "^.*%.%.", "")
  local path, mark, beginning = match(chunk, "^([%a_][%w_.]*)([.:])([%w_]*)$")
  if not path then
    if find(chunk, "[.:]") or find(chunk, "^%d") then return {}, 0 end
    return beginning_with(chunk, globals(env, chunk), KEYWORDS)
  end
  local value = resolve(env, path)
  if mark == ":" then return beginning_with(beginning, methods(env, value, path)) end
  if find(path, "%f[%w_]heap%.profile$") then return beginning_with(beginning, profile_fields()) end
  local names = core.is_handle(value) and core.attributes(value) or keys_of(value)
  return beginning_with(beginning, names)
end

return completion
