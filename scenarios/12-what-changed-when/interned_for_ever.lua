-- In 3.12, and only there, a string that is interned never dies.
scenario "an interned string's life"

local for_ever = heap.profile.interned_immortal

step "interned by hand: up to 3.11 and again from 3.13 on its references are counted"
v = sys.intern("wu peiqi!")
local was_v = v
expect_eq(refcnt(v), for_ever and heap.profile.immortal_refcount or 1)

step "without a name it goes, and its place in the table with it; 3.12 keeps it"
del "v"
expect_eq(pcall(refcnt, was_v), for_ever)

step "the next equal string is new; 3.12 gives the old one"
v = str("wu peiqi!")
local new = sys.intern(v)
expect_eq(is(new, v), not for_ever)

-- A program that interns what it reads, say the words of a stream without end, grows
-- without end in 3.12.  Names of attributes are another matter: they are immortal from
-- 3.12 on, but a program's text has only so many of them.
step "a hundred different words interned and forgotten: gone, or all still there"
local before = heap.live("str")
for n = 1, 100 do sys.intern("word number " .. n) end
expect_live("str", before + (for_ever and 100 or 0))
