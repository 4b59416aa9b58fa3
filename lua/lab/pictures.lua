-- `refchain run --out DIR`: each picture that a test makes (heap.dot, heap.svg) becomes a
-- file there, DIR/TEST-1.svg and so on in the order of their making.  A test's process
-- tells the pictures in pieces; only the parent writes.

local file_names = require "lab.file_names"
local host = require "lab.host"

local pictures = {}
pictures.__index = pictures

local MOST = 1000                       -- of a test
local LARGEST = 64 << 20                -- bytes of one

-- For the folder that --out names; nil and what is wrong with it.
function pictures.new(target)
  local folder = target:gsub("/+$", "")
  local made, problem = host.make_folders(folder == "" and "/" or folder)
  if not made then return nil, ("%s: %s"):format(target, problem) end
  return setmetatable({ folder = folder, names = file_names.new() }, pictures)
end

-- What takes a test's pictures, by the test's name: call it with what its process tells.
-- Gives nothing, or why there is no file.
function pictures:taker(test)
  local pieces, size, count, base = {}, 0, 0, nil

  local function write(kind)
    count = count + 1
    if count > MOST then return count == MOST + 1 and ("%s: more than %d pictures"):format(test, MOST) or nil end
    if size > LARGEST then return ("%s: picture %d is too large"):format(test, count) end
    base = base or self.names:of(test)
    local path = ("%s/%s-%d.%s"):format(self.folder, base, count, kind)
    local file, problem = io.open(path, "wb")
    if not file then return problem end
    local written, unable = file:write(table.concat(pieces))
    local closed, lost = file:close()
    if written and closed then return nil end
    return ("%s: %s"):format(path, unable or lost)
  end

  return function(kind, text)
    if kind == "picture" then
      size = size + #text
      if size <= LARGEST then pieces[#pieces + 1] = text end
      return nil
    end
    local problem = (text == "dot" or text == "svg") and write(text) or nil
    pieces, size = {}, 0
    return problem
  end
end

return pictures
