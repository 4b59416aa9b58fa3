-- A scenario's source in a page: numbered lines, comments and strings set apart.

local markup = require "refchain.markup"

local element = markup.element

-- Where the long bracket that opens at `at` closes; nil if none opens there.
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at, true)
  return last or #text
end

-- Where the string in quotes that opens at `at` closes.
local function quoted(text, at)
  local quote, place = text:sub(at, at), at + 1
  while true do
    local found = text:find("[\\\n" .. quote .. "]", place)
    if not found then return #text end
    local character = text:sub(found, found)
    if character == quote then return found end
    if character == "\n" then return found - 1 end
    place = found + 2
  end
end

-- The class and the end of the comment or string that begins at `at`, or nil.
local function special(text, at)
  if text:find("^%-%-", at) then
    return "comment", long_bracket(text, at + 2) or (text:find("\n", at, true) or #text + 1) - 1
  end
  local last = long_bracket(text, at)
  if last then return "string", last end
  if text:find("^[\"']", at) then return "string", quoted(text, at) end
  return nil
end

-- A sequence of lines, each a sequence of { class = or nil, text = }.
local function split(text)
  local line = {}
  local lines = { line }
  local function add(class, part)
    for piece, ending in part:gmatch "([^\n]*)(\n?)" do
      if piece ~= "" then line[#line + 1] = { class = class, text = piece } end
      if ending ~= "" then
        line = {}
        lines[#lines + 1] = line
      end
    end
  end
  local at, plain = 1, 1
  while at <= #text do
    local class, last = special(text, at)
    if class then
      add(nil, text:sub(plain, at - 1))
      add(class, text:sub(at, last))
      at, plain = last + 1, last + 1
    else
      at = text:find("[%-%[\"']", at + 1) or #text + 1
    end
  end
  add(nil, text:sub(plain))
  return lines
end

-- The number of the line where a run went wrong, or nil.
local function wrong_line(outcome)
  if outcome.status == "passed" or outcome.status == "skipped" then return nil end
  return tonumber(outcome.where:match ":(%d+)$")
end

-- The source of the run `told`; line n has the class "line" and data-line n.
return function(told)
  local rows, wrong = {}, wrong_line(told.outcome)
  for number, parts in ipairs(split(table.concat(told.source, "\n"))) do
    local code = {}
    for i, part in ipairs(parts) do
      code[i] = part.class and element("i", { class = part.class }, part.text) or part.text
    end
    local class = number == wrong and "line wrong" or "line"
    rows[number] = element("li", { class = class, ["data-line"] = number }, {
      element("span", { class = "number" }, tostring(number)), element("code", nil, code),
    })
  end
  return element("section", { class = "card source" }, {
    element("h2", nil, "Source"),
    element("div", { class = "listing", tabindex = "0", role = "group", ["aria-label"] = "Source of " .. told.file },
            element("ol", nil, rows)),
  })
end
