-- Text for formats that must be UTF-8: U+FFFD for each sequence that is none.
return function(text)
  local pieces, at = {}, 1
  while true do
    local length, wrong = utf8.len(text, at)
    if length then break end
    pieces[#pieces + 1] = text:sub(at, wrong - 1)
    at = text:find("[^\x80-\xBF]", wrong + 1) or #text + 1
  end
  pieces[#pieces + 1] = text:sub(at)
  return table.concat(pieces, "\u{FFFD}")
end
