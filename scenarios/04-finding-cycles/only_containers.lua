-- Only what can hold other objects can be in a cycle: the collector looks at nothing else.
scenario "what the collector looks at"

step "numbers and strings hold nothing: they are in no generation"
for _, atom in ipairs { int(100000), float(3.14), str("some text"), None, True } do
  expect_eq(heap.generation(atom), nil)
  expect_eq(gc.is_tracked(atom), false)
end

step "lists, sets and instances go into generation 0 as they are made"
a = list {}
b = set { 1 }
c = class("Node") {}
d = tuple { a }
for _, container in ipairs { a, b, c, d } do
  expect_eq(heap.generation(container), 0)
end

-- Up to 3.13 a dict is not looked at until it holds something that could be part of
-- a cycle; dicts of numbers and strings are many, and cannot.  Later ones join at once.
step "a dict joins when it first holds a container"
e = dict { name = "Alex", age = 18 }
expect_eq(gc.is_tracked(e), not heap.profile.dict_untracking)
e:set("friends", a)
expect_eq(heap.generation(e), 0)

-- (From 3.14 on such a tuple is never looked at.)
step "a tuple is looked at from the start, and left out once it proves harmless"
pair = tuple { 1, 2 }
expect_eq(gc.is_tracked(pair), not heap.profile.tuple_born_untracked)
expect_collect(0)
expect_eq(gc.is_tracked(pair), heap.profile.tuple_untracking == "never")
expect_eq(heap.generation(d), 2)        -- d holds a list: it stays in

step "only containers are counted as found: this garbage is one list and three atoms"
loop = list { 3.14, "text", 100000 }
loop:append(loop)
del "loop"
expect_collect(1)
expect_live("float", 0)
