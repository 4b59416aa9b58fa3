-- `refchain report FILE… -o BOOK.html`: run scenarios and write their picture book: one page,
-- or a folder with a page for each and a contents page.

local host = require "lab.host"
local graphviz = require "refchain.picture.graphviz"
local picture = require "refchain.picture"
local book = require "lab.book"
local chronicle = require "lab.chronicle"
local file_names = require "lab.file_names"
local outcomes = require "lab.outcomes"
local output = require "lab.output"
local profile_names = require "lab.profile_names"
local progress = require "lab.progress"
local sources = require "lab.sources"

local OBJECTS = 40                      -- in a picture: more are folded

-- A file with this text: a whole one, or none.  Nil and what went wrong.
local function write(path, text)
  local part = path .. ".part"
  local file, problem = io.open(part, "wb")
  if not file then return nil, problem end
  local written, why = file:write(text)
  local closed, unable = file:close()
  if written and closed then
    local renamed, refused = os.rename(part, path)
    if renamed then return true end
    why = refused
  end
  os.remove(part)
  return nil, ("%s: %s"):format(path, why or unable)
end

-- ------------------------------------------------------------------------------- books --

-- A book takes chronicles one by one; `finish` gives true, or nil and what went wrong.

-- In one page: a single run without a contents page.
local function page_book(path, assets, single)
  local entries, chapters, text = {}, {}, nil
  return {
    add = function(told)
      if single and not told.tests then
        text = book.single(told, assets)
        return true
      end
      local number = #entries + 1
      local href
      href, chapters[number] = book.chapter(told, number, assets)
      entries[number] = { told = book.brief(told), href = href }
      return true
    end,
    finish = function() return write(path, text or book.contents(entries, chapters, assets)) end,
  }
end

-- In a folder: index.html, and a page for each run.
local function folder_book(folder, assets)
  local entries, names = {}, file_names.new()
  names:of "index"
  return {
    add = function(told)
      local name = names:of(told.test and ("%s::%s"):format(told.file, told.test) or told.file) .. ".html"
      entries[#entries + 1] = { told = book.brief(told), href = name }
      return write(folder .. "/" .. name, book.single(told, assets, "index.html"))
    end,
    finish = function() return write(folder .. "/index.html", book.contents(entries, {}, assets)) end,
  }
end

-- The book that --output names; nil and what is wrong.
local function new_book(target, single)
  local assets = {
    style = picture.css .. host.embedded "lua/lab/book.css",
    script = host.embedded "lua/lab/book.js", hash = host.sha256, deflated = host.deflated, run_dot = graphviz,
  }
  if target:sub(-1) ~= "/" and host.kind(target) ~= "folder" then return page_book(target, assets, single) end
  local folder = target:gsub("(.)/+$", "%1")
  local made, problem = host.make_folders(folder)
  if not made then return nil, ("%s: %s"):format(target, problem) end
  return folder_book(folder, assets)
end

-- -------------------------------------------------------------------------------- runs --

local report = {}
report.__index = report

-- Run a file, or one test of it, and add it to the book; false when there is no going on.
function report:run(file, test)
  local chosen, profile = self.chosen, self.profile
  self.progress:show(test and ("%s::%s"):format(file.path, test) or file.path)
  local told, problem = chronicle.record {
    path = file.path, text = file.text, test = test, profile = profile.name, base = profile.base,
    settings = profile.settings, seed = chosen.seed, trusted = chosen.trusted, timeout = chosen.timeout,
    memory = chosen.max_memory, objects = OBJECTS,
  }
  if not told then
    self.problem = problem
    return false
  end
  local added, wrong = self.book.add(told)
  self.problem = wrong
  self.failed = self.failed or outcomes.FAILED[told.outcome.status] or false
  self.broken = self.broken or told.outcome.broken
  self.count = self.count + 1
  self:say(told)
  for _, name in ipairs(added and not test and told.tests or {}) do
    if not self:run(file, name) then return false end
  end
  return added
end

function report:say(told)
  local outcome = told.outcome
  local mark = outcomes.FAILED[outcome.status] and "FAIL" or outcome.status == "skipped" and "skip" or "ok  "
  self.progress:hide()
  io.write(mark, "  ", output.plain(("%s%s"):format(told.file, told.test and "::" .. told.test or "")),
           told.title and ": " .. output.plain(told.title) or "", ("  (%d steps)\n"):format(#told.steps))
  if outcome.status ~= "passed" and outcome.message then
    io.write("      ", (output.plain(outcome.message):gsub("\n", "\n      ")), "\n")
  end
end

function report:exit_status(problems)
  if self.problem == "interrupted" then
    output.complain "interrupted"
    return 130
  elseif self.problem then
    output.complain(self.problem)
    return 2
  end
  if self.broken then return 4 end
  if problems > 0 then return 2 end
  return self.failed and 1 or 0
end

local function readable(chosen)
  local paths, problems = sources.find(chosen.file, { ".lua" })
  local files = {}
  for _, path in ipairs(paths) do
    local text, wrong = sources.read(path)
    if text then files[#files + 1] = { path = path, text = text } else problems[#problems + 1] = wrong end
  end
  for _, problem in ipairs(problems) do output.complain(problem) end
  return files, #problems
end

return function(chosen)
  local profiles, unknown = profile_names.chosen(chosen.profile or "3.8", chosen.set)
  if not profiles or #profiles > 1 then
    output.complain(unknown or "a book is of one profile: --profile 3.8")
    return 2
  end
  local files, problems = readable(chosen)
  if #files == 0 then
    if problems == 0 then output.complain "nothing to report: no *.lua there" end
    return problems > 0 and 2 or 5
  end
  local made, wrong = new_book(chosen.output, #files == 1)
  if not made then
    output.complain(wrong)
    return 2
  end
  local self = setmetatable({
    chosen = chosen, profile = profiles[1], book = made, progress = progress.new(), count = 0,
  }, report)
  host.catch_interrupt()
  for _, file in ipairs(files) do
    if not self:run(file) then return self:exit_status(problems) end
  end
  local written, problem = made.finish()
  self.problem = problem
  if written then io.write(("\n%s: %d %s\n"):format(chosen.output, self.count, self.count == 1 and "run" or "runs")) end
  return self:exit_status(problems)
end
