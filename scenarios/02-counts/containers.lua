-- A container holds a counted reference to each thing in it, one for each place.
scenario "counts through lists, tuples, dicts and sets"

step "a list, a tuple, a dict and a set add one each"
v = frozenset { 1 }
a = list { v }
b = tuple { v }
c = dict { key = v }
d = set { v }
expect_refcnt(v, 5)                     -- and the name v

step "a place is a reference: three places in one list are three"
a:append(v)
a:append(v)
expect_refcnt(v, 7)

step "taking it out gives the reference back"
a:clear()
expect_refcnt(v, 4)

step "a dict counts keys as well as values"
c:set(v, v)
expect_refcnt(v, 6)
c:delitem(v)
expect_refcnt(v, 4)

step "a set keeps an element once, however often it is added"
d:add(v)
expect_refcnt(v, 4)

step "another value in its place releases the old one"
c:set("key", None)
expect_refcnt(v, 3)

step "a container that dies releases all that it held"
del("b", "d")
expect_refcnt(v, 1)

step "the count is of references to v itself: what holds its holder does not matter"
a:append(v)
outer = list { a, a, a }
expect_refcnt(a, 4)
expect_refcnt(v, 2)
