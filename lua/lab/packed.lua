-- Plain tables as bytes: each string and each table of equal content is written once, and
-- read as one and the same table.  Moments of a run differ in little: what stays costs a
-- few bytes, and a reader sees by rawequal what has stayed.
--
-- A piece is the number of its first definition, all definitions, and the value: a token.
-- A definition is a string ("S" and its text), a sequence ("L" and a token for each item) or
-- a table ("T" and tokens of keys and values, numbers first, in order).  This writes in the
-- scenario's Lua state, too: no methods of strings here.

local byte, pack, sub, unpack = string.byte, string.pack, string.sub, string.unpack
local concat, sort = table.concat, table.sort
local math_type = math.type

local packed = {}

local function integer_token(n)
  if n >= -0x80 and n < 0x80 then return pack("<c1i1", "a", n) end
  if n >= -0x8000 and n < 0x8000 then return pack("<c1i2", "b", n) end
  if n >= -0x80000000 and n < 0x80000000 then return pack("<c1i4", "c", n) end
  return pack("<c1i8", "d", n)
end

local function definition_token(number)
  if number < 0x100 then return pack("<c1I1", "r", number) end
  if number < 0x10000 then return pack("<c1I2", "s", number) end
  return pack("<c1I4", "t", number)
end

local FORMATS = { a = "<i1", b = "<i2", c = "<i4", d = "<i8", f = "<d", r = "<I1", s = "<I2", t = "<I4" }
local IS_DEFINITION = { r = true, s = true, t = true }

-- ------------------------------------------------------------------------------- write --

local writer = {}
writer.__index = writer

function packed.writer()
  return setmetatable({ numbers = {}, waiting = {}, count = 0, first = 1, tokens = {} }, writer)
end

-- A time limit may end this at any instruction: no number is ever given twice.
function writer:define(body)
  local number = self.numbers[body]
  if number then return number end
  number = self.count + 1
  self.count = number
  self.waiting[number] = body
  self.numbers[body] = number
  return number
end

local function key_before(a, b)
  local a_number, b_number = math_type(a) ~= nil, math_type(b) ~= nil
  if a_number ~= b_number then return a_number end
  return a < b
end

-- The keys in order; nil for a sequence.
local function sorted_keys(object)
  local keys, count, names = {}, 0, true
  for key in next, object do
    count = count + 1
    keys[count] = key
    names = names and type(key) == "string"
  end
  if count == #object then return nil end
  sort(keys, not names and key_before or nil)
  return keys
end

-- The number of the definition of a table or string: the same for equal ones.
function writer:number(value)
  if type(value) == "string" then return self:define("S" .. value) end
  local keys, parts = sorted_keys(value), {}
  local tokens = self.tokens
  if not keys then
    for i = 1, #value do
      local item = value[i]
      parts[i] = tokens[item] or self:token(item)
    end
    return self:define("L" .. concat(parts))
  end
  for i = 1, #keys do
    local key = keys[i]
    local item = value[key]
    parts[2 * i - 1], parts[2 * i] = tokens[key] or self:token(key), tokens[item] or self:token(item)
  end
  return self:define("T" .. concat(parts))
end

-- The token of a string or an integer, kept for the next time.  (A float that is equal to such
-- an integer is read as that.)
function writer:keep(value, token)
  self.tokens[value] = token
  return token
end

function writer:token(value)
  local kind = type(value)
  if kind == "table" then return definition_token(self:number(value)) end
  if kind == "string" then return self:keep(value, definition_token(self:number(value))) end
  if kind == "boolean" then return value and "y" or "n" end
  if math_type(value) == "integer" then return self:keep(value, integer_token(value)) end
  if kind == "number" then return pack("<c1d", "f", value) end
  error("no plain value: " .. kind)
end

-- The piece for a value, with all definitions that have not been in one.
function writer:piece(value)
  local token = self:token(value)
  local parts = {}
  for number = self.first, self.count do
    parts[#parts + 1] = pack("<s4", self.waiting[number] or "S")
  end
  return pack("<I4s4", self.first, concat(parts)) .. token
end

-- The last piece has been told.
function writer:told()
  for number = self.first, self.count do self.waiting[number] = nil end
  self.first = self.count + 1
end

-- -------------------------------------------------------------------------------- read --

local reader = {}
reader.__index = reader

function packed.reader() return setmetatable({ definitions = {} }, reader) end

-- The value of the token at `at`, and where the next one is.
function reader:value(text, at)
  local kind = sub(text, at, at)
  if kind == "y" or kind == "n" then return kind == "y", at + 1 end
  local value, after = unpack(FORMATS[kind], text, at + 1)
  if IS_DEFINITION[kind] then value = self.definitions[value] end
  return value, after
end

function reader:define(body)
  local kind = byte(body)
  if kind == 0x53 then return sub(body, 2) end
  local result, at, count = {}, 2, 0
  while at <= #body do
    local key = count + 1
    if kind == 0x54 then key, at = self:value(body, at) end
    result[key], at = self:value(body, at)
    count = count + 1
  end
  return result
end

-- The value in a piece; pieces are read in the order in which they were told.
function reader:read(piece)
  local number, definitions, after = unpack("<I4s4", piece)
  local at = 1
  while at <= #definitions do
    local body
    body, at = unpack("<s4", definitions, at)
    self.definitions[number] = self:define(body)
    number = number + 1
  end
  return (self:value(piece, after))
end

return packed
