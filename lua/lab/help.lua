-- Help, as text: the overview of all words, and one word in full.  Used by the program
-- and in the shell, where a scenario may have changed the methods of strings.

local nearest = require "refchain.nearest"
local words = require "refchain.words"

local concat, gmatch, gsub = table.concat, string.gmatch, string.gsub
local rep, format = string.rep, string.format

local help = {}

local WIDTH = 78

-- How the shell is used.
help.SHELL = [[
Type Lua; the value of an expression is printed. A global that is assigned a
heap object is a Python name and holds a reference; a local lasts for its line.

    >>> v1 = list{11, 22, 33}
    >>> refcnt(v1)
    1

Tab completes, Ctrl-C interrupts a line, Ctrl-D or exit() leaves. A function of
Lua's library that does not return cannot be interrupted: the third Ctrl-C then
ends the shell. What nobody refers to any more is let go when a new line begins.

A word typed alone says what it is; help "word" tells more about it.
]]

-- A text broken into lines, each behind `margin`.
local function fill(text, margin)
  local lines, line = {}, nil
  for word in gmatch(text, "%S+") do
    if line and utf8.len(line) + 1 + utf8.len(word) > WIDTH - #margin then
      lines[#lines + 1], line = margin .. line, nil
    end
    line = line and line .. " " .. word or word
  end
  if line then lines[#lines + 1] = margin .. line end
  return concat(lines, "\n")
end

help.fill = fill

-- What a word is listed as.  What a scenario has no name for, a Lua program calls on an
-- environment: "py:close".
local function listed(word)
  return string.match(word.signature, "^py:[%w_]+") or word.name
end

-- The names in a group, each once.
local function names_in(group)
  local names, seen = {}, {}
  for _, word in ipairs(words) do
    if word.group == group and not seen[word.name] then
      seen[word.name] = true
      names[#names + 1] = listed(word)
    end
  end
  return concat(names, "  ")
end

-- All words by group.
function help.overview()
  local parts = {}
  for _, group in ipairs(words.groups) do
    parts[#parts + 1] = group.title .. "\n" .. fill(names_in(group.name), "  ")
  end
  return concat(parts, "\n") .. "\n"
end

local function indented(text)
  return "    " .. gsub(text, "\n", "\n    ")
end

local function in_full(word)
  local parts = { word.signature, "", fill(word.meaning, "  ") }
  local function add(title, text)
    if text and text ~= "" then parts[#parts + 1] = fill(title .. ": " .. text .. ".", "  ") end
  end
  add("Gives", word.results)
  add("Errors", concat(word.errors, ", "))
  parts[#parts + 1] = "\n  Example:\n\n" .. indented(word.example)
  return concat(parts, "\n") .. "\n"
end

-- The signature and the first sentence, side by side.
local function in_short(word)
  local first = string.match(word.meaning, "^.-%.%f[%s\0]") or word.meaning
  local column = 32
  local text = fill(first, rep(" ", column))
  local room = column - 4 - utf8.len(word.signature)
  if room < 0 then return "  " .. word.signature .. "\n" .. text end
  return "  " .. word.signature .. rep(" ", room + 2) .. string.sub(text, column + 1)
end

-- A word in a line or two.
help.in_short = in_short

-- What is known of `name`: a word, a group of words, or "shell"; or nil and what is
-- wrong.  It may be meant for one of `others` (a sequence, or nil), too.
function help.on(name, others)
  if name == "shell" then return help.SHELL end
  local found = words.find((gsub(name, "^py:", "")))
  if #found == 0 then found = words.find((gsub(name, "%.", ":", 1))) end
  if #found == 1 then return in_full(found[1]) end
  if #found > 1 then
    local lines = {}
    for i, word in ipairs(found) do lines[i] = in_short(word) end
    return (words.groups[name] and words.groups[name] .. "\n\n" or "") .. concat(lines, "\n")
           .. "\n\nMore on each: help \"" .. found[1].name .. "\"\n"
  end
  local candidates = { "shell", table.unpack(others or {}) }
  for _, word in ipairs(words) do candidates[#candidates + 1] = listed(word) end
  for _, group in ipairs(words.groups) do candidates[#candidates + 1] = group.name end
  for _, word in ipairs(words) do
    candidates[#candidates + 1] = string.match(word.name, "[.:]([%w_]+)$")
  end
  return nil, format("no word is called '%s'%s", name, nearest.hint(name, candidates))
end

return help
