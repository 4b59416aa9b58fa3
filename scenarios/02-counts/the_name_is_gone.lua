-- del takes away a name, not an object: asking for the count through it is an error.
scenario "del age; print(sys.getrefcount(age))"

step "a popular example deletes a name and then asks for its object's count"
age = int(100000)
number = age
del "age"
expect_error("not bound", function() return sys.getrefcount(age) end)

step "the object is still there, one reference lighter, under its other name"
expect_refcnt(number, 1)

step "a name that does not exist cannot be deleted"
expect_error("NameError", function() del "age" end)

step "with its last name the object goes"
local was_number = number
del "number"
expect_dead(was_number)

step "a handle to it is dead, and using it says so"
expect_error("dead object", function() return was_number + 1 end)
