-- Refchain as a Lua module.
--
--     local refchain = require "refchain"
--     local py = refchain.new { profile = "3.8" }
--     py.v1 = py.list { 1, 2 }            -- a name of the scenario: one reference
--     print(py.refcnt(py.v1))             --> 1
--     py:close()
--
-- `py` is a scenario's environment: `local _ENV = py:env()` makes a scenario of the
-- rest of a file.  Any number of them live side by side, each with a heap of its own.

local core = require "refchain.core"
local vocabulary = require "refchain.words"
local lua_words = require "refchain.lua_words"
local nearest = require "refchain.nearest"
local environment = require "refchain.environment"
local collector = require "refchain.collector"
local pretty = require "refchain.pretty"
local drawing = require "refchain.drawing"
local story = require "refchain.story"
local expect = require "refchain.expect"
local journal = require "refchain.journal"
local releases = require "refchain.releases"
local ledger = require "refchain.ledger"
local why = require "refchain.why"
local diff = require "refchain.diff"

-- An error points to the scenario's line, past any function of these files.
local function hidden_sources()
  local sources, seen = { debug.getinfo(1, "S").source }, {}
  local luaunit = package.searchpath("luaunit", package.path)
  for _, f in ipairs { lua_words.checked, environment.fill, pretty.new, story.fill, expect.fill, collector.fill,
                       ledger.fill, why.fill, diff.fill, drawing.fill, journal.fill } do
    local source = debug.getinfo(f, "S").source
    if not seen[source] then sources[#sources + 1], seen[source] = source, true end
  end
  sources[#sources + 1] = luaunit and "@" .. luaunit
  return sources
end

local HIDDEN = hidden_sources()

local refchain = {
  version = core.version,
  words = vocabulary,
  profiles = core.profiles,
  skipped = story.skip_reason,
}

-- What is known of each environment: lab, words, printer.  It goes with it.
local inside = setmetatable({}, { __mode = "k" })

local OPTIONS = {
  profile = "string", settings = "table", seed = "integer", trusted = "boolean", memory_limit = "integer",
  output = "function", write = "function", story = "function", own_state = "boolean",
  journal = "function", picture = "function", name = "string", record = "boolean", ledger = false,
  events = "userdata", trace = "userdata",
}

-- The names in a table, sorted: what is wrong with it is the same on every run.  The
-- second result says that it has keys of another kind.
local function sorted_names(options)
  local names, others = {}, false
  for name in pairs(options) do
    if type(name) == "string" then names[#names + 1] = name else others = true end
  end
  table.sort(names)
  return names, others
end

-- The names of a profile's fields, as a sequence and as keys.
local fields = {}
for i, field in ipairs(core.profile()) do
  fields[i], fields[field.name] = field.name, true
end

-- The settings of a profile of one's own that stand among the options.
local function settings_in(options)
  local settings = {}
  for name, value in pairs(options.settings or {}) do settings[name] = value end
  for _, name in ipairs(fields) do
    if options[name] ~= nil then settings[name] = options[name] end
  end
  return next(settings) ~= nil and settings or nil
end

local function check_options(options)
  if options == nil then return {} end
  if type(options) ~= "table" then error("refchain.new: a table of options is expected", 3) end
  local names, others = sorted_names(options)
  if others then error("refchain.new: options have names, as {profile = \"3.8\"}", 3) end
  for _, name in ipairs(names) do
    local wanted, value = OPTIONS[name], options[name]
    if name == "ledger" then
      local _, problem = ledger.size(value)
      if problem then error("refchain.new: option 'ledger' " .. problem, 3) end
    elseif not wanted and not fields[name] then
      local near = nearest.of(name, (sorted_names(OPTIONS))) or nearest.of(name, fields)
      error(string.format("refchain.new: no option '%s'%s", name,
                          near and "; did you mean '" .. near .. "'?" or ""), 3)
    end
    if wanted and (wanted == "integer" and math.type(value) or type(value)) ~= wanted then
      error(string.format("refchain.new: option '%s' must be of type %s", name, wanted), 3)
    end
  end
  return options
end

local function complete(options)
  return {
    profile = options.profile, settings = settings_in(options), memory_limit = options.memory_limit,
    seed = options.seed or 0, trusted = options.trusted or false, story = options.story,
    ledger = ledger.size(options.ledger), journal = options.journal, picture = options.picture,
    name = options.name, record = options.record,
    events = options.events, trace = options.trace,
    output = options.output or function(text) io.stdout:write(text) end,
    write = options.write or function(text) io.stderr:write(text) end,
  }
end

-- The kind and the text of what went wrong in opening a heap.
local function failure(problem)
  local text = string.gsub(tostring(problem), "^[^\n]-:%d+: ", "")
  local kind, rest = string.match(text, "^(%u%a+Error): (.*)")
  if kind then return kind, rest end
  local unknown = string.match(text, "^no profile is called '(.*)'$")
  if unknown then return "ValueError", releases.unknown(unknown) end
  local memory = text == "not enough memory" or text == "there is no memory for a heap"
  return memory and "MemoryError" or "ValueError", text
end

local open

-- heap.new{profile = …, float_free = 0}: a heap beside the scenario's own, with the
-- same output, seed and numbers for addresses, and if it names no profile the same
-- profile, settings and all.  It is closed with the scenario's.
local function heap_new(lab, options, shared, children)
  return lua_words.checked(lab, "heap.new", function(given)
    lab:let_go()
    given = given or {}
    local settings, profile, limit = {}, options.profile, nil
    if given.profile == nil then
      for name, value in pairs(options.settings or {}) do settings[name] = value end
    end
    for name, value in pairs(given) do
      if name == "profile" then profile = value
      elseif name == "memory_limit" then limit = value
      else settings[name] = value
      end
    end
    local child = complete(options)
    child.profile, child.settings, child.memory_limit, child.record = profile, settings, limit, nil
    child.events, child.trace = nil, nil
    if given.profile ~= nil then child.name = nil end
    local opened, py = pcall(open, child, shared)
    if not opened then
      local kind, text = failure(py)
      lab:raise(kind, text, "heap.new")
    end
    children[#children + 1] = inside[py].lab
    return py
  end)
end

-- `options` complete; `shared` is what the environments of one scenario share.  A
-- scenario that has a Lua state of its own is in its environment, and leaves it open.
function open(options, shared, own_state)
  local lab = core.open {
    profile = options.profile, settings = options.settings, memory_limit = options.memory_limit,
    write = options.write, hide = HIDDEN, clock = options.trusted, name = options.name,
    record = options.record, ledger = options.ledger, events = options.events, trace = options.trace,
  }
  local words, children = lab:words(), {}
  local env, hidden = lab:environment(words)

  shared.environments[env] = {
    hidden = hidden, name_list = lab:name_list(), empty_list = lab:empty_list(), append_to = lab:append_to(),
  }
  shared.add_heap(lab, words)
  words._G = env
  words.env = lua_words.checked(lab, "env", function() return env end)
  words.close = lua_words.checked(lab, "close", function()
    for i = #children, 1, -1 do
      children[i]:close()
      children[i] = nil
    end
    lab:close()
  end)
  words.heap.new = heap_new(lab, options, shared, children)

  -- What writes is told of only when the words that write are there.
  local output, plain = options.output, nil
  local writing = setmetatable({ output = function(text) output(text) end, draw = output }, { __index = options })
  local to_string, has_order = environment.fill(words, lab, writing, shared)
  local printer = pretty.new(lab, words, to_string, words.pairs, has_order)
  story.fill(words, lab, writing, printer)
  drawing.fill(words, lab, options)
  expect.fill(words, lab, options, printer)
  collector.fill(words, lab)
  ledger.fill(words, lab)
  why.fill(words, lab)
  diff.fill(words, lab)
  if own_state then words.env, words.close = nil, nil end
  if options.journal then output, plain = journal.fill(words, lab, options.journal, printer, output) end
  lab:copy_words()
  inside[env] = { lab = lab, words = words, printer = printer, plain = plain, shared = shared }
  return env
end

-- A new heap and its environment.  Options, all of which may be left out:
--
--   profile       "3.8"
--   float_free …  fields of a profile of one's own, by name; or in a table:
--   settings      { float_free = 0, thresholds = { 2000, 10, 10 } }
--   memory_limit  bytes
--   seed          of math.random; 0
--   trusted       give io, os, require, debug and the like to the scenario
--   output        where print and show go: a function of a text; standard output
--   write         where diagnostics go: the same; standard error
--   story         told of "scenario", "step", "show" (with text and place) and "expect"
--   journal       told of each observation (journal.lua): place, word, arguments, results, birth
--   picture       told of each picture: "dot" or "svg", and its text
--   name          what the profile calls itself; its own name
--   ledger        keep a ledger of all count changes, for ledger(x) and at(id): true, or the bytes
--                 that it may take
--   record        keep a heap trace of what is done, for lab:finish_recording(write)
--   events, trace an rc_sink (a light userdata) that events go to as JSON lines or as a trace
--   own_state     this Lua state belongs to the scenario: methods of strings are those
--                 of its own string library, and its heap is not its own to close
function refchain.new(options)
  local all, own_state = complete(check_options(options)), options and options.own_state
  local opened, env = pcall(open, all, environment.shared(all.trusted), own_state)
  if not opened then error("refchain.new: " .. select(2, failure(env)), 2) end
  if own_state then environment.seal(inside[env].words) end
  return env
end

-- For those who run scenarios: the environment's lab (lab:finish(), lab:check() …), its
-- words, its printer (line, brief, title, holders), what its environments share (as_written), and
-- with a journal what makes a text plain for it.
function refchain.inside(env)
  return inside[env]
end

-- A text as a function of the scenario in `env`; nil and a message if it is no Lua.
function refchain.load(text, name, env)
  return environment.load(inside[env].shared, text, name, env)
end

-- What a scenario could have meant.  Candidates of the three kinds of names that Lua
-- speaks of in its errors, sorted.
local function add_names(found, object)
  for name in next, object do
    if type(name) == "string" then found[name] = true end
  end
end

local candidates = {}

function candidates.global(env, words)
  local found = {}
  add_names(found, words)
  for name in words.pairs(env) do
    if type(name) == "string" then found[name] = true end
  end
  return (sorted_names(found))
end

function candidates.field(_, words, module)
  local found = {}
  for name, group in next, words do
    if type(group) == "table" and group ~= words._G and (not module or name == module) then
      add_names(found, group)
    end
  end
  return (sorted_names(found))
end

function candidates.method(_, words, type_name)
  local found = {}
  if not type_name then add_names(found, words.string) end
  for _, word in ipairs(vocabulary) do
    local method = word.receiver and string.match(word.name, ":([%w_]+)$")
    if method and (not type_name or word.receiver == type_name) then found[method] = true end
  end
  return (sorted_names(found))
end

-- The kind of the name that a message tells of, the name, and the type or module that
-- has no such.
local function named_in(message)
  local kind, name = string.match(message, "%((%a+) '([^']+)'%)$")
  if kind then return kind, name end
  local owner
  owner, name = string.match(message, "'([^']+)' object has no attribute '([^']+)'")
  if owner then return "method", name, owner end
  owner, name = string.match(message, "module '([^']+)' has no attribute '([^']+)'")
  return owner and "field", name, owner
end

-- The message of an error of the scenario in `env`, with "; did you mean 'list'?" at the
-- end of its first line if it tells of a name that is nearly one that there is.
function refchain.hint(env, message)
  local known = inside[env]
  if not known or type(message) ~= "string" then return message end
  local first, rest = string.match(message, "^([^\n]*)(.*)$")
  if string.find(first, "did you mean", 1, true) then return message end
  local kind, name, owner = named_in(first)
  if not candidates[kind] then return message end
  local done, names = pcall(candidates[kind], env, known.words, owner)
  local near = done and nearest.of(name, names)
  if not near or near == name then return message end
  return first .. "; did you mean '" .. near .. "'?" .. rest
end

return refchain
