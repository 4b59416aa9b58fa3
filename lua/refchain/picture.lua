-- Pictures of a heap: pure functions of a moment (lab:moment), the same bytes for the same
-- moment.  Each picture has a table beside it that says the same in words.

local tables = require "refchain.picture.tables"
local text = require "refchain.picture.text"

local picture = {}

-- For the terminal: text.draw says the options.
function picture.text(moment, options)
  local all = {}
  for name, value in pairs(options or {}) do all[name] = value end
  all.tables = tables.objects
  return text.draw(moment, all)
end

picture.table_text = text.table
picture.objects_table = tables.objects
picture.refchain_table = tables.refchain
picture.generations_table = tables.generations
picture.caches_table = tables.caches

return picture
