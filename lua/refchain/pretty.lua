-- How values are shown: in the shell, by `show`, and in what a failing expectation
-- says.
--
--   line(v)    `[1, [...]]   list #3  id 0x200000000040  refcnt 2  gen 0`; of a table with
--              a __tostring, as of an answer, all that this says, in several lines
--   brief(v)   the same without the figures, in at most 72 characters
--   title(h)   `list #3`; `dead list #12`; `None`
--   holders(h) lines that say who holds the object
--   plain(s)   a text with names in it, with control characters as `line` shows them
--
-- Lua tables are shown in order of key.  Nothing here lets go or changes a count.

local core = require "refchain.core"

local concat = table.concat
local byte, format, gsub, match, sub = string.byte, string.format, string.gsub, string.match, string.sub

local pretty = {}

local LONGEST = 400             -- characters of a value on a line
local BRIEF = 72
local ENTRIES = 20              -- of a Lua table
local DEPTH = 4                 -- of nested Lua tables
local HOLDERS = 8

-- Words of Lua, which cannot be keys as they stand.
local RESERVED = {}
for word in string.gmatch("and break do else elseif end false for function goto if in local nil not or repeat "
                          .. "return then true until while", "%a+") do
  RESERVED[word] = true
end

-- `text` cut to `most` characters: its beginning, "…" and its end.
local function shorten(text, most)
  local length = utf8.len(text)
  if length and length <= most or not length and #text <= most then return text end
  local ending = most // 4
  local beginning = most - ending - 3
  if not length then return sub(text, 1, beginning) .. " … " .. sub(text, -ending) end
  return sub(text, 1, utf8.offset(text, beginning + 1) - 1) .. " … " .. sub(text, utf8.offset(text, -ending))
end

local ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\", ["\""] = "\\\"" }

local function escape(character)
  return ESCAPES[character] or format("\\%03d", byte(character))
end

local function quote(text)
  text = gsub(text, "[%c\"\\\127]", escape)
  if not utf8.len(text) then text = gsub(text, "[\128-\255]", escape) end
  return "\"" .. text .. "\""
end

-- `text`, in which names may be, on one line: control characters as `quote` shows them.
function pretty.plain(text)
  text = gsub(text, "[%c\127]", escape)
  if not utf8.len(text) then text = gsub(text, "[\128-\255]", escape) end
  return text
end

-- `words` are the lab's own as they were at the start; `to_string`, `pairs` and
-- `has_order` the environment's.
function pretty.new(lab, words, to_string, ordered_pairs, has_order)
  local repr, refcnt, id, generation, pcall_words =
    words.repr, words.refcnt, words.id, words.heap.generation, words.pcall
  local printer = {}

  local function title(handle)
    local info = core.handle_info(handle)
    local name = info.type
    if info.birth > 0 then name = format("%s #%d", name, info.birth) end
    return info.alive and name or "dead " .. name
  end
  printer.title = title

  local function object_text(handle, most)
    if not core.handle_info(handle).alive then return "<" .. title(handle) .. ">" end
    local done, text = pcall_words(repr, handle)
    return done and shorten(text, most) or "<" .. title(handle) .. ">"
  end

  local lua_text

  local function key_text(key, seen, depth)
    if type(key) == "string" and match(key, "^[%a_][%w_]*$") and not RESERVED[key] then return key end
    return "[" .. lua_text(key, seen, depth, BRIEF) .. "]"
  end

  local function table_text(object, seen, depth)
    if seen[object] or depth >= DEPTH then return "{...}" end
    if not has_order(object) then return "{… keys without an order}" end
    seen[object] = true
    local parts, following, more = {}, 1, 0
    for key, value in ordered_pairs(object) do
      if #parts >= ENTRIES then
        more = more + 1
      elseif key == following then
        parts[#parts + 1] = lua_text(value, seen, depth + 1, BRIEF)
        following = following + 1
      else
        parts[#parts + 1] = key_text(key, seen, depth + 1) .. " = " .. lua_text(value, seen, depth + 1, BRIEF)
      end
    end
    if more > 0 then parts[#parts + 1] = format("… %d more", more) end
    seen[object] = nil
    return "{" .. concat(parts, ", ") .. "}"
  end

  function lua_text(value, seen, depth, most)
    if core.is_handle(value) then return object_text(value, most) end
    if type(value) == "string" then return shorten(quote(value), most) end
    if type(value) ~= "table" then return to_string(value) end
    local metatable = debug.getmetatable(value)
    if metatable and (rawget(metatable, "__tostring") or rawget(metatable, "__pairs")) then
      return shorten(to_string(value), most)
    end
    return table_text(value, seen, depth)
  end

  function printer.brief(value)
    return shorten(lua_text(value, {}, 0, BRIEF), BRIEF)
  end

  -- The figures are left out of what start-up made without a number and of None,
  -- True and False, which nobody asks them of.
  local function figures(handle)
    local info = core.handle_info(handle)
    if not info.alive or info.type == "NoneType" or info.type == "bool" then return "" end
    local parts = { title(handle), format("id 0x%x", id(handle)), format("refcnt %d", refcnt(handle)) }
    local where = generation(handle)
    if where then parts[#parts + 1] = type(where) == "number" and "gen " .. where or where end
    return "   " .. concat(parts, "  ")
  end

  function printer.line(value)
    if core.is_handle(value) then return object_text(value, LONGEST) .. figures(value) end
    local metatable = type(value) == "table" and debug.getmetatable(value)
    if metatable and rawget(metatable, "__tostring") then return to_string(value) end
    return lua_text(value, {}, 0, LONGEST)
  end

  function printer.holders(handle)
    local found = lab:referrers(handle)
    if #found == 0 then return "held by nothing" end
    local more = #found - HOLDERS
    local text = concat(found, "; ", 1, math.min(#found, HOLDERS))
    return "held by " .. pretty.plain(text) .. (more > 0 and format("; and %d more", more) or "")
  end

  printer.has_order = has_order
  printer.quote = quote
  printer.shorten = shorten
  return printer
end

return pretty
