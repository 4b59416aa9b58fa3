-- How differences are written: text, JSON.  A format is made for a comparison and told
-- of each test's result, in order, and of the end.

local core = require "refchain.core"
local host = require "lab.host"
local json = require "dkjson"
local alignment = require "lab.alignment"
local fields = require "lab.fields"
local help = require "lab.help"
local output = require "lab.output"
local utf8_text = require "lab.utf8_text"

local comparison = {}

-- "3.7, 3.8 and 3.13"
local function enumerate(names)
  if #names < 2 then return names[1] end
  return table.concat(names, ", ", 1, #names - 1) .. " and " .. names[#names]
end

local function names_of(profiles)
  local names = {}
  for i, profile in ipairs(profiles) do names[i] = profile.name end
  return names
end

local function title_of(result) return result.test and result.file.path .. "::" .. result.test or result.file.path end

-- The line of a file that a place names, without its indentation; nil if it names none.
local function source_line(file, place)
  local path, number = place:match "^(.*):(%d+)$"
  if not path then return nil end
  local tail = path:match "^%.%.%.(.+)"                 -- Lua cuts long names
  if path ~= file.path and not (tail and file.path:sub(-#tail) == tail) then return nil end
  if not file.lines then
    file.lines = {}
    for line in (file.text .. "\n"):gmatch "([^\n]*)\n" do table.insert(file.lines, line) end
  end
  local line = file.lines[tonumber(number)]
  return line and line:match "^%s*(.-)%s*$"
end

-- A differing key's record in any run, for its place and word.
local function any_record(result, key)
  for _, run in ipairs(result.runs) do
    if run.by_key[key] then return run.by_key[key] end
  end
end

-- The names of a set of fields, in the order of profiles.
local function field_names(profiles, set)
  local names = {}
  for i, field in ipairs(profiles[1].fields) do
    if set[i] then names[#names + 1] = field.name end
  end
  return names
end

-- The differing keys by place and word: a sequence of { place =, words = a sequence of
-- { word =, keys = } }, each in the order of its first difference.
local function by_place(result)
  local places = {}
  for _, key in ipairs(result.keys) do
    local record = any_record(result, key)
    local place = places[record.place]
    if not place then
      place = { place = record.place, words = {} }
      places[#places + 1], places[record.place] = place, place
    end
    local word = place.words[record.word]
    if not word then
      word = { word = record.word, keys = {} }
      table.insert(place.words, word)
      place.words[record.word] = word
    end
    table.insert(word.keys, key)
  end
  return places
end

-- ------------------------------------------------------------------------------- text --

local LONGEST = 240                     -- characters of a result

local function shorten(text)
  if (utf8.len(text) or 0) <= LONGEST then return text end
  return text:sub(1, utf8.offset(text, LONGEST + 1) - 1) .. " …"
end

-- What the arguments are, if all runs that come here have the same.
local function common_arguments(result, key)
  local given = nil
  for _, run in ipairs(result.runs) do
    local record = run.by_key[key]
    if record and given and record.given ~= given then return nil end
    given = record and record.given or given
  end
  return given
end

-- Places in the file itself as lines.
local function with_lines(result, text)
  return (text:gsub(result.pattern, "line %1"))
end

local function said(result, run, key, common)
  local record = run.by_key[key]
  if not record then return run.complete and "does not come here" or "has ended before" end
  local text = record.result ~= "" and record.result or "returns"
  if not common and record.given ~= "" then text = "(" .. record.given .. ") " .. text end
  return shorten(output.plain(with_lines(result, text)))
end

-- A line for each thing that is said, with the names of those that say it.
local function rows(result, key, common, margin)
  local found, by_text = {}, {}
  for i, run in ipairs(result.runs) do
    local text = said(result, run, key, common)
    if by_text[text] then
      table.insert(by_text[text].names, result.profiles[i].name)
    else
      by_text[text] = { "", text, names = { result.profiles[i].name } }
      found[#found + 1] = by_text[text]
    end
  end
  local width = 0
  for _, row in ipairs(found) do
    row[1] = fields.names(row.names)
    width = math.max(width, utf8.len(row[1]))
  end
  for _, row in ipairs(found) do
    local start = margin .. row[1] .. (" "):rep(width - utf8.len(row[1])) .. "  "
    io.write(start, (row[2]:gsub("\n", "\n" .. (" "):rep(utf8.len(start)))), "\n")
  end
end

local function write_word(result, word)
  local key = word.keys[1]
  local common = common_arguments(result, key)
  local round = any_record(result, key).round
  local title = word.word
  if common and common ~= "" then title = title .. "(" .. shorten(common) .. ")" end
  if round > 1 then title = ("%s, time %d"):format(title, round) end
  title = with_lines(result, title)
  io.write("    ", output.plain(title), "\n")
  rows(result, key, common ~= nil, "        ")
  if #word.keys > 1 then io.write(("        and %d more times\n"):format(#word.keys - 1)) end
end

local function write_reasons(result, place)
  local set, unexplained = {}, false
  for _, word in ipairs(place.words) do
    for _, key in ipairs(word.keys) do
      for i in pairs(result.reasons[key]) do set[i] = true end
      unexplained = unexplained or next(result.reasons[key]) == nil
    end
  end
  local names = field_names(result.profiles, set)
  if #names > 0 then io.write(help.fill("because of " .. enumerate(names), "    "), "\n") end
  if unexplained then
    io.write(#names > 0 and "    (no single field makes all of it)\n" or "    (no single field makes it)\n")
  end
end

-- "1 observation", "2 observations"
local function observations(count) return ("%d observation%s"):format(count, count == 1 and "" or "s") end

-- What kept runs from passing, where no difference tells of it: each message once, with
-- the profiles that it holds for.
local function write_endings(result)
  for _, key in ipairs(result.keys) do
    if any_record(result, key).ending then return end
  end
  local found, by_text = {}, {}
  for i, run in ipairs(result.runs) do
    if run.status ~= "passed" then
      local text = run.status .. ": " .. (run.message or "")
      if not by_text[text] then
        by_text[text] = { text = text, names = {} }
        found[#found + 1] = by_text[text]
      end
      table.insert(by_text[text].names, result.profiles[i].name)
    end
  end
  for _, each in ipairs(found) do
    local margin = "    " .. (#each.names < #result.profiles and fields.names(each.names) .. "  " or "")
    io.write(margin, (output.plain(each.text):gsub("\n", "\n" .. (" "):rep(utf8.len(margin)))), "\n")
  end
  if #found > 0 then io.write "\n" end
end

function comparison.text(profiles)
  local reasons, cut = {}, false
  local names = enumerate(names_of(profiles))
  if #profiles == #core.profiles() then
    names = "all profiles"
  elseif #profiles > 3 then
    names = fields.names(names_of(profiles))
  end

  local function give(result)
    local title = output.plain(title_of(result))
    result.pattern = result.file.path:gsub("%W", "%%%0") .. ":(%d+)"
    for _, run in ipairs(result.runs) do cut = cut or run.cut end
    if #result.keys == 0 then
      io.write(("%s: no difference between %s (%s)\n\n"):format(title, names, observations(result.observations)))
      write_endings(result)
      return
    end
    io.write(("%s: %d of %s differ between %s\n\n"):format(title, #result.keys, observations(result.observations),
                                                           names))
    write_endings(result)
    for _, place in ipairs(by_place(result)) do
      local line = source_line(result.file, place.place)
      io.write(place.place ~= "" and output.plain(place.place) or "at the end", line and "  " or "",
               line and output.plain(line) or "", "\n")
      for _, word in ipairs(place.words) do write_word(result, word) end
      write_reasons(result, place)
      io.write "\n"
    end
    for _, set in pairs(result.reasons) do
      for i in pairs(set) do reasons[i] = true end
    end
    io.stdout:flush()
  end

  local function finish()
    local shown = {}
    for i, profile in ipairs(profiles) do shown[i] = profile.fields end
    for i in ipairs(profiles[1].fields) do
      if reasons[i] then io.write(fields.side_by_side(shown, i), "\n") end
    end
    if next(reasons) then io.write(fields.SOURCES, "\n") end
    if cut then io.write "Of runs with more observations than are kept only the first were compared.\n" end
  end

  return { result = give, finish = finish }
end

-- ------------------------------------------------------------------------------- JSON --

local ORDER = {
  "refchain", "profiles", "scenarios", "fields", "file", "test", "observations", "runs", "differences", "profile",
  "status", "message", "cut", "place", "source", "word", "time", "said", "arguments", "result", "comes", "because",
  "name", "help", "unit", "values", "value",
}

local function array(items) return setmetatable(items, { __jsontype = "array" }) end

local function difference(result, key)
  local record, there = any_record(result, key), array {}
  for i, run in ipairs(result.runs) do
    local own = run.by_key[key]
    there[i] = {
      profile = result.profiles[i].name, arguments = own and utf8_text(own.given),
      result = own and utf8_text(own.result), comes = alignment.said(run, key) ~= nil and own ~= nil,
    }
  end
  local source = source_line(result.file, record.place)
  return {
    place = record.place, source = source and utf8_text(source), word = record.word, time = record.round,
    said = there, because = array(field_names(result.profiles, result.reasons[key])),
  }
end

function comparison.json(profiles)
  local scenarios, reasons = array {}, {}

  local function give(result)
    local runs, differences = array {}, array {}
    for i, run in ipairs(result.runs) do
      runs[i] = {
        profile = profiles[i].name, status = run.status, message = run.message and utf8_text(run.message),
        cut = run.cut or nil,
      }
    end
    for i, key in ipairs(result.keys) do
      differences[i] = difference(result, key)
      for field in pairs(result.reasons[key]) do reasons[field] = true end
    end
    scenarios[#scenarios + 1] = {
      file = result.file.path, test = result.test, observations = result.observations, runs = runs,
      differences = differences,
    }
  end

  local function finish()
    local concerned = array {}
    for i, field in ipairs(profiles[1].fields) do
      if reasons[i] then
        local values = array {}
        for at, profile in ipairs(profiles) do
          local entry = profile.fields[i]
          values[at] = { profile = profile.name, value = entry.value, source = entry.source }
        end
        concerned[#concerned + 1] = { name = field.name, help = field.help, unit = field.unit, values = values }
      end
    end
    local report = {
      refchain = host.version, profiles = array(names_of(profiles)), scenarios = scenarios, fields = concerned,
    }
    io.write(json.encode(report, { indent = true, keyorder = ORDER }), "\n")
  end

  return { result = give, finish = finish }
end

return comparison
