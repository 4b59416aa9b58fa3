-- A heap with its environment for a test, and its closing with all checks.
--
--     function TestLists:setUp() self.py = lab.open { profile = "3.8" } end
--     function TestLists:tearDown() lab.close(self.py) end
--     ...
--     lab.finish()                     -- the last line of the file

local lu = require "luaunit"
local refchain = require "refchain"

local lab = {}

-- What outlives a test only by mistake: pools and caches may keep strings and numbers.
local CONTAINERS = { "list", "tuple", "dict", "set", "frozenset", "weakref" }

local function live(py)
  local words, counts = refchain.inside(py).words, {}
  for i, name in ipairs(CONTAINERS) do counts[i] = words.heap.live(name) end
  for _, x in ipairs(words.sys.getobjects(0, "frozenset")) do         -- the empty one may stay
    if words.origin(x) == "singleton" then counts[5] = counts[5] - 1 end
  end
  return counts
end

local opened = setmetatable({}, { __mode = "k" })

-- A new environment.  Options are refchain.new's; `output`, `write` and `story` may be
-- tables: they then receive what is written or told.
function lab.open(options)
  local all = {}
  for name, value in pairs(options or {}) do all[name] = value end
  for _, name in ipairs { "output", "write" } do
    local texts = all[name]
    if type(texts) == "table" then all[name] = function(text) texts[#texts + 1] = text end end
  end
  local told = all.story
  if type(told) == "table" then all.story = function(kind, text) told[#told + 1] = { kind, text } end end

  local py = refchain.new(all)
  opened[py] = live(py)
  return py
end

local function release_everything(py)
  local inside = refchain.inside(py)
  local gc = inside.words.gc
  inside.lab:finish()
  if rawget(gc, "unfreeze") then gc.unfreeze() end
  gc.set_debug(0)
  gc.garbage:clear()
  gc.collect()
  gc.collect()
end

-- End the test: names are released, garbage is collected; then every invariant must
-- hold and nothing be left.
function lab.close(py)
  release_everything(py)
  local broken = refchain.inside(py).lab:check()
  local before, after = opened[py], live(py)
  py:close()
  if broken then error("a heap invariant is broken: " .. broken, 0) end
  for i, name in ipairs(CONTAINERS) do
    if after[i] ~= before[i] then
      error(("%d objects of type %s are left"):format(after[i] - before[i], name), 0)
    end
  end
end

-- Run `code` as a scenario; returns what it returns.
function lab.run(py, code, ...)
  return assert(load(code, "=scenario", "t", py))(...)
end

-- Run `code`, which must fail; returns its message.
function lab.fails(py, code)
  local done, problem = pcall(lab.run, py, code)
  if done then error("no error from: " .. code, 2) end
  return tostring(problem)
end

-- Run every test of the file, close with the line that sums up, and end.
function lab.finish()
  local runner = lu.LuaUnit.new()
  runner:runSuite(table.unpack(arg))
  local result = runner.result
  local failed = result.failureCount + result.errorCount
  local skipped = result.skippedCount > 0 and (", %d skipped"):format(result.skippedCount) or ""
  print(("%d passed, %d failed%s"):format(result.successCount, failed, skipped))
  os.exit(failed == 0, true)
end

return lab
