-- Journals of several runs of one test, laid side by side.
--
-- Records belong together when they are the n-th of one word at one place (FILE:LINE) in
-- their runs.  The rows are in the order of execution: that of the first run, with what
-- only others have after what came before it there.

local alignment = {}

-- A journal from the messages of its process: a sequence of { place =, word =,
-- given =, result = }.  What a finalizer or a cleared weak reference concerns is
-- numbered within its type, oldest first: "Node 2".
function alignment.journal(texts)
  local records, births = {}, {}
  for _, text in ipairs(texts) do
    local at = 1
    while at <= #text do
      local place, word, given, result, birth, following = string.unpack("<s4s4s4s4i8", text, at)
      local record = { place = place, word = word, given = given, result = result }
      at = following
      records[#records + 1] = record
      if birth ~= 0 then
        record.birth = birth
        births[record.result] = births[record.result] or {}
        births[record.result][birth] = true
      end
    end
  end
  for kind, set in pairs(births) do
    local sorted = {}
    for birth in pairs(set) do sorted[#sorted + 1] = birth end
    table.sort(sorted)
    for number, birth in ipairs(sorted) do set[birth] = ("%s %d"):format(kind, number) end
  end
  for _, record in ipairs(records) do
    if record.birth then record.result = births[record.result][record.birth] end
  end
  return records
end

-- The records of a run by key, and the keys in order.
local function keyed(run)
  local counts, by_key, keys = {}, {}, {}
  for _, record in ipairs(run.records) do
    local name = record.place .. "\0" .. record.word
    counts[name] = (counts[name] or 0) + 1
    local key = name .. "\0" .. counts[name]
    record.round = counts[name]
    by_key[key], keys[#keys + 1] = record, key
  end
  return by_key, keys
end

-- What a record says, as one text.
function alignment.text(record)
  return record and record.given .. "\0" .. record.result or ""
end

-- Give a run its records by key, and how many of each word at each place.
function alignment.index(run)
  if not run.by_key then run.by_key, run.keys = keyed(run) end
  return run
end

-- What a run says under `key`: a text; "" when it went by; nil when it ended before it
-- could come to it.
function alignment.said(run, key)
  local record = run.by_key[key]
  if record then return alignment.text(record) end
  return run.complete and "" or nil
end

-- Whether two texts of alignment.said tell of a difference.
function alignment.differ(a, b)
  return a ~= nil and b ~= nil and a ~= b
end

-- All keys of some runs, in order.
function alignment.keys(runs)
  local following, first, known = {}, nil, {}
  for _, run in ipairs(runs) do
    local previous = nil
    for _, key in ipairs(alignment.index(run).keys) do
      if not known[key] then
        known[key] = true
        if previous then
          following[key], following[previous] = following[previous], key
        else
          following[key], first = first, key
        end
      end
      previous = key
    end
  end
  local keys = {}
  while first do
    keys[#keys + 1], first = first, following[first]
  end
  return keys
end

-- The keys under which some of the runs differ, in order.
function alignment.differing(runs)
  local found, keys = {}, alignment.keys(runs)
  for _, key in ipairs(keys) do
    local seen = nil
    for _, run in ipairs(runs) do
      local said = alignment.said(run, key)
      if alignment.differ(seen, said) then
        found[#found + 1] = key
        break
      end
      if seen == nil then seen = said end
    end
  end
  return found, #keys
end

return alignment
