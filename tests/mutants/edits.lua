-- How a mutant is made of a source's text.

local edits = {}

-- `text` with each odd one of `changes`, which stands in it exactly once, replaced by the
-- next one; or nil.
function edits.apply(text, changes)
  for i = 1, #changes, 2 do
    local first, last = text:find(changes[i], 1, true)
    if not first or text:find(changes[i], last + 1, true) then return nil end
    text = text:sub(1, first - 1) .. changes[i + 1] .. text:sub(last + 1)
  end
  return text
end

-- The tables of profiles.
edits.tables = { "src/heap/profiles_early.c", "src/heap/profiles_late.c" }

-- `text`, one of them, with another value (as C has it) of a release's field; or nil: it has
-- no such entry.
function edits.set_field(text, release, name, value)
  local head = text:find(('.name = "%s"'):format(release), 1, true)
  local first, last, before = text:find("(%." .. name .. " = { )[^,]*", head or #text)
  if head and first and first < (text:find("\n};", head, true) or 0) then
    return text:sub(1, first - 1) .. before .. value .. text:sub(last + 1)
  end
end

return edits
