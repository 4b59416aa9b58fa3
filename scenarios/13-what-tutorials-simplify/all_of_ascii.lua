-- "All ASCII characters are cached": all of Latin-1, which is twice as many.
scenario "128 or 256"

local function cached(code)
  a = str(utf8.char(code))
  b = str(utf8.char(code))
  return is(a, b)
end

step "all of ASCII: 0 to 127"
for code = 0, 127 do expect(cached(code), "character " .. code) end

step "and as many more: é is number 233"
for code = 128, 255 do expect(cached(code), "character " .. code) end
expect_same(str("é"), str("é"))

step "256 is the first that is not"
expect_eq(cached(256), false)
expect_eq(cached(0x6b66), false)        -- 武

step "an array of one-character strings: two letters are in no cache"
expect_distinct(str("A!"), str("A!"))
