-- What a word written in Lua is wrapped in, so that it errs as those written in C do: its
-- arguments are checked by what words.lua says of them, and its errors end with its name.

local core = require "refchain.core"
local vocabulary = require "refchain.words"

local find, format, gsub = string.find, string.format, string.gsub

local lua_words = {}

local LUA_TYPES = {
  integer = "number", number = "number", string = "string", boolean = "boolean", table = "table",
  ["function"] = "function", name = "string", event = "string",
}

-- What a wrong argument is called: "a list", "nil", "the Lua number 5".
local function called(value)
  local kind, info = type(value), core.handle_info(value)
  if info then return (find(info.type, "^[aeiou]") and "an " or "a ") .. info.type end
  if kind == "nil" then return "nil" end
  if kind == "string" and #value <= 40 then return format("the Lua string \"%s\"", value) end
  if kind == "number" or kind == "boolean" then return format("the Lua %s %s", kind, value) end
  return "a Lua " .. kind
end

local function fits(kind, value)
  if kind == "any" then return true end
  if kind == "type" then return value ~= nil end        -- the heap's own check says more
  if LUA_TYPES[kind] then
    if kind == "integer" then return math.type(value) == "integer" end
    return type(value) == LUA_TYPES[kind]
  end
  return core.is_handle(value)
end

local function wrong_count(word, count)
  return format("write %s; there %s %d argument%s", word.signature, count == 1 and "is" or "are", count,
                count == 1 and "" or "s")
end

-- How to write `word` with a heap object in the place of the Lua value that is
-- argument `i`.
local function with_object(word, i, value)
  local kind = type(value)
  local form
  if kind == "nil" then return " (a name that is not bound?); Python's None is None" end
  if math.type(value) == "integer" then form = format("int(%d)", value)
  elseif kind == "number" then form = format("float(%s)", value)
  elseif kind == "string" and #value <= 40 then form = format("str(\"%s\")", value)
  elseif kind == "boolean" then form = value and "True" or "False"
  elseif kind == "table" then form = "list{…}"
  else return ""
  end
  return format("; write %s(%s%s%s)", word.name, i > 1 and "…, " or "", form, i < #word.params and ", …" or "")
end

-- `f` as the word `name`, behind checks of its arguments.
function lua_words.checked(lab, name, f)
  local word = assert(vocabulary.by_name[name], name)

  local function check(...)
    local count = select("#", ...)
    if count < word.least or count > word.most then lab:raise("TypeError", wrong_count(word, count), name) end
    for i, param in ipairs(word.params) do
      local value = (select(i, ...))
      if not fits(param.kind, value) and not (param.optional and value == nil) then
        local wanted = LUA_TYPES[param.kind] and param.kind or "heap object"
        if wanted == "name" or wanted == "event" then wanted = "string" end
        if wanted == "type" then wanted = "type's name" end
        lab:raise("TypeError", format("%s must be %s %s, not %s%s", param.name,
                                      find(wanted, "^[aeiou]") and "an" or "a", wanted, called(value),
                                      wanted == "heap object" and with_object(word, i, value) or ""), name)
      end
    end
  end

  return function(...)
    check(...)
    return f(...)
  end
end

-- `f` as a part of the word `name`: an error that ends with the name of a word inside
-- ends with this one.
function lua_words.in_the_name_of(name, protected_call, f)
  local function pass(done, problem, ...)
    if done then return problem, ... end
    if type(problem) == "string" then
      problem = gsub(problem, " %(in [%a_][^()\n]-( on [^()\n]+ #%d+)%)$", " (in " .. name .. "%1)")
      problem = gsub(problem, " %(in [%a_][%w_.]*%)$", " (in " .. name .. ")")
    end
    error(problem, 0)
  end

  return function(...)
    return pass(protected_call(f, ...))
  end
end

return lua_words
