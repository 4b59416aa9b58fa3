-- How results are written: text, TAP, JUnit, JSON.  A format is made for a run and
-- told of each result, in order, and of the summary.
--
-- Times stand where machines read them, and on a terminal: what goes into a pipe as
-- text is the same on each run.

local host = require "lab.host"
local json = require "dkjson"
local output = require "lab.output"
local as_utf8 = require "lab.utf8_text"

local formats = {}

local function first_line(text) return text:match "^[^\n]*" end

local function title_of(record)
  return record.title and record.name .. ": " .. first_line(record.title) or record.name
end

local function is_failure(record)
  return record.status ~= "passed" and record.status ~= "skipped"
end

-- Standard output and standard error of a test, as one text.
local function all_output(record)
  local text = record.output .. record.errors
  if text ~= "" and text:sub(-1) ~= "\n" then text = text .. "\n" end
  if record.dropped > 0 then
    text = ("(%d more bytes of output before)\n"):format(record.dropped) .. text
  end
  return text
end

-- ------------------------------------------------------------------------------- text --

local COLOURS = { passed = "32", skipped = "33", failed = "31", faint = "2", bold = "1" }
local MARKS = { passed = "ok  ", skipped = "skip" }

local function painter()
  local no_colour = os.getenv "NO_COLOR"
  if not host.is_terminal(1) or (no_colour and no_colour ~= "") or os.getenv "TERM" == "dumb" then
    return function(_, text) return text end
  end
  return function(colour, text) return ("\27[%sm%s\27[0m"):format(COLOURS[colour], text) end
end

local function indent(text, margin)
  if text == "" then return "" end
  return (text:gsub("\n$", ""):gsub("([^\n]*)\n?", function(line)
    return line ~= "" and margin .. line .. "\n" or "\n"
  end):gsub("\n\n$", "\n"))
end

local LINES = 50                        -- of a failing test's output that are shown

-- The last lines of a text, each with its end, and how many there are before.
local function last_lines(text)
  if text ~= "" and text:sub(-1) ~= "\n" then text = text .. "\n" end
  local _, count = text:gsub("\n", "")
  local at = 1
  for _ = 1, count - LINES do at = text:find("\n", at, true) + 1 end
  return text:sub(at), math.max(count - LINES, 0)
end

local function write_output(record, told)
  local said, before = last_lines(told and "" or record.output)
  local errors, more = last_lines(record.errors)
  if said .. errors == "" then return end
  local missing = {}
  before = before + more
  if record.dropped > 0 then missing[#missing + 1] = ("%d bytes"):format(record.dropped) end
  if before > 0 then missing[#missing + 1] = ("%d lines"):format(before) end
  local note = #missing > 0 and (" (%s more before)"):format(table.concat(missing, " and ")) or ""
  io.write("      its output", note, ":\n", indent(output.plain(said .. errors), "      | "))
end

-- The story of one test, told in full: titles, steps, and what was shown.
local function tell(record, paint)
  for _, event in ipairs(record.story) do
    if event.kind == "scenario" then
      io.write(paint("bold", output.plain(event.text)), "\n")
    elseif event.kind == "step" then
      io.write(paint("faint", "-- " .. output.plain(event.text)), "\n")
    else
      io.write(output.plain(event.text))
    end
  end
  if record.untold > 0 then io.write(("(and %d more steps and lines)\n"):format(record.untold)) end
end

local function write_failure(record, told)
  if record.step and not (told and record.untold == 0) then
    io.write("      after the step: ", output.plain(record.step), "\n")
  end
  io.write(indent(output.plain(record.message), "      "))
  write_output(record, told)
end

-- `alone`: there is one test, and its story is told.
function formats.text(alone)
  local paint = painter()
  local timed = host.is_terminal(1)

  local function result(record)
    local told = alone and not record.test
    if told then tell(record, paint) end
    local colour = COLOURS[record.status] and record.status or "failed"
    local line = paint(colour, MARKS[record.status] or "FAIL") .. "  " .. output.plain(title_of(record))
    if record.status == "skipped" then
      line = ("%s (%s)"):format(line, output.plain(first_line(record.message)))
    end
    if timed then line = line .. paint("faint", ("  %.2f s"):format(record.seconds)) end
    io.write(line, "\n")
    if is_failure(record) then
      write_failure(record, told)
    else
      io.write(indent(output.plain(record.errors), "      | "))
    end
    io.stdout:flush()
  end

  -- `matrix`: scenarios × profiles, when there are several (matrix.lua).
  local function finish(summary, matrix)
    if matrix and summary.total > 0 then io.write("\n", matrix:text()) end
    local parts = { summary.passed .. " passed", summary.failed .. " failed" }
    if summary.skipped > 0 then parts[3] = summary.skipped .. " skipped" end
    io.write("\n", paint(summary.failed > 0 and "failed" or "passed", table.concat(parts, ", ")), "\n")
  end

  return { result = result, finish = finish }
end

-- -------------------------------------------------------------------------------- TAP --

function formats.tap()
  local number = 0
  io.write "TAP version 13\n"

  local function line_of(text)
    return (output.plain(as_utf8(text)):gsub("\n", " "))
  end

  local function diagnose(record)
    io.write "  ---\n"
    local function entry(key, value)
      if value and value ~= "" then io.write("  ", key, ": ", json.quotestring(as_utf8(value)), "\n") end
    end
    entry("status", record.status)
    entry("message", record.message)
    entry("step", record.step)
    entry("output", all_output(record))
    io.write "  ...\n"
  end

  local function result(record)
    number = number + 1
    io.write(is_failure(record) and "not ok " or "ok ", number, " - ",
             (line_of(title_of(record)):gsub("#", " ")))
    if record.status == "skipped" then io.write(" # SKIP ", line_of(first_line(record.message))) end
    io.write "\n"
    if is_failure(record) then diagnose(record) end
    io.stdout:flush()
  end

  return { result = result, finish = function() io.write("1..", number, "\n") end }
end

-- ------------------------------------------------------------------------------ JUnit --

local ENTITIES = {
  ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["\n"] = "&#10;",
  ["\t"] = "&#9;", ["\r"] = "&#13;",
}

-- XML cannot hold most control characters, U+FFFE and U+FFFF, nor what is no UTF-8.
-- An attribute is one line; in it only references keep tabs and the ends of lines.
local function xml(text, keep_lines)
  text = as_utf8(text):gsub("[\0-\8\11\12\14-\31]", "?"):gsub("\xEF\xBF[\xBE\xBF]", "\u{FFFD}")
  return (text:gsub(keep_lines and "[&<>\"\r]" or "[&<>\"\t\n\r]", ENTITIES))
end

local function junit_case(record)
  local lines = {
    ('    <testcase classname="%s" name="%s" time="%.3f">'):format(
      xml(record.file), xml(record.test or record.title or record.name), record.seconds),
  }
  local function add(...) lines[#lines + 1] = string.format(...) end
  if record.status == "skipped" then
    add('      <skipped message="%s"/>', xml(first_line(record.message)))
  elseif is_failure(record) then
    local element = record.status == "failed" and "failure" or "error"
    add('      <%s type="%s" message="%s">%s</%s>', element, xml(record.status),
        xml(first_line(record.message)), xml(record.message, true), element)
  end
  if record.output ~= "" then add("      <system-out>%s</system-out>", xml(record.output, true)) end
  if record.errors ~= "" then add("      <system-err>%s</system-err>", xml(record.errors, true)) end
  add "    </testcase>"
  return table.concat(lines, "\n")
end

function formats.junit()
  local cases, failures, errors, seconds = {}, 0, 0, 0

  local function result(record)
    cases[#cases + 1] = junit_case(record)
    seconds = seconds + record.seconds
    if record.status == "failed" then
      failures = failures + 1
    elseif is_failure(record) then
      errors = errors + 1
    end
  end

  local function finish(summary)
    local counts = ('tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f"'):format(
      summary.total, failures, errors, summary.skipped, seconds)
    io.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ', counts, ">\n")
    if #cases > 0 then
      io.write('  <testsuite name="refchain" ', counts, ">\n")
      for _, case in ipairs(cases) do io.write(case, "\n") end
      io.write "  </testsuite>\n"
    end
    io.write "</testsuites>\n"
  end

  return { result = result, finish = finish }
end

-- ------------------------------------------------------------------------------- JSON --

local ORDER = {
  "refchain", "summary", "tests", "total", "passed", "failed", "skipped", "name", "file", "test",
  "profile", "title", "status", "message", "where", "step", "expectations", "steps", "seconds",
  "output", "errors", "dropped",
}

local function or_nil(text) return text and text ~= "" and as_utf8(text) or nil end

function formats.json()
  local tests = setmetatable({}, { __jsontype = "array" })

  local function result(record)
    tests[#tests + 1] = {
      name = record.name, file = record.file, test = record.test, profile = record.profile,
      title = or_nil(record.title), status = record.status, message = or_nil(record.message),
      where = or_nil(record.where), step = or_nil(record.step), expectations = record.expectations,
      steps = record.steps, seconds = record.seconds, output = or_nil(record.output),
      errors = or_nil(record.errors), dropped = record.dropped > 0 and record.dropped or nil,
    }
  end

  local function finish(summary)
    local report = { refchain = host.version, summary = summary, tests = tests }
    io.write(json.encode(report, { indent = true, keyorder = ORDER }), "\n")
  end

  return { result = result, finish = finish }
end

return formats
