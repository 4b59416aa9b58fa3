-- The words of gc and sys, and what goes wrong with any word, by release: each row has a
-- call and what CPython answers to it, from the release named on.  Measured on 2.7.18,
-- 3.6.15, 3.7.16, 3.8.18, 3.9.18, 3.10.13, 3.11.7, 3.12.1 and 3.13.0 with the same calls in
-- Python; what 3.14 says anew is read, not measured, its sizes are those of 3.14.7.

local lu = require "luaunit"
local lab = require "lab"
local refchain = require "refchain"

-- the gc and sys modules: arguments
local ARGUMENTS = {
  { "gc.collect(3)", { "2.7", "ValueError: invalid generation" } },
  { "gc.collect(-1)", { "2.7", "ValueError: invalid generation" } },
  { "gc.collect(1 << 40)",
    { "2.7", "OverflowError: signed integer is greater than maximum" },
    { "3.8", "OverflowError: Python int too large to convert to C int" } },
  { "gc.collect(-(1 << 40))",
    { "2.7", "OverflowError: signed integer is less than minimum" },
    { "3.8", "OverflowError: Python int too large to convert to C int" } },
  { 'gc.collect("1")',
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type str)" },
    { "3.10", "TypeError: 'str' object cannot be interpreted as an integer" } },
  { "gc.collect(None)",
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type NoneType)" },
    { "3.10", "TypeError: 'NoneType' object cannot be interpreted as an integer" } },
  { "gc.collect(1.0)",
    { "2.7", "TypeError: integer argument expected, got float" },
    { "3.10", "TypeError: 'float' object cannot be interpreted as an integer" } },
  { "gc.collect(list{})",
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type list)" },
    { "3.10", "TypeError: 'list' object cannot be interpreted as an integer" } },
  { "gc.collect(0, 1)",
    { "2.7", "TypeError: function takes at most 1 argument (2 given)" },
    { "3.7", "TypeError: collect() takes at most 1 argument (2 given)" } },
  { "gc.collect{generation = 3}", { "2.7", "ValueError: invalid generation" } },
  { "gc.collect{gen = 0}",
    { "2.7", "TypeError: 'gen' is an invalid keyword argument for this function" },
    { "3.7", "TypeError: 'gen' is an invalid keyword argument for collect()" },
    { "3.13", "TypeError: collect() got an unexpected keyword argument 'gen'" } },
  { "gc.collect{generation = 0, gen = 0}",
    { "2.7", "TypeError: 'gen' is an invalid keyword argument for this function" },
    { "3.7", "TypeError: 'gen' is an invalid keyword argument for collect()" },
    { "3.13", "TypeError: collect() got an unexpected keyword argument 'gen'" } },
  { "gc.set_threshold{threshold0 = 5}",
    { "2.7", "TypeError: set_threshold() takes no keyword arguments" } },
  { "gc.set_debug{flags = 1}",
    { "2.7", "TypeError: set_debug() takes no keyword arguments" },
    { "3.9", "TypeError: gc.set_debug() takes no keyword arguments" } },
  { "gc.enable(1)",
    { "2.7", "TypeError: enable() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.enable() takes no arguments (1 given)" } },
  { "gc.disable(1)",
    { "2.7", "TypeError: disable() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.disable() takes no arguments (1 given)" } },
  { "gc.isenabled(1)",
    { "2.7", "TypeError: isenabled() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.isenabled() takes no arguments (1 given)" } },
  { "gc.get_count(1)",
    { "2.7", "TypeError: get_count() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.get_count() takes no arguments (1 given)" } },
  { "gc.get_threshold(1)",
    { "2.7", "TypeError: get_threshold() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.get_threshold() takes no arguments (1 given)" } },
  { "gc.get_debug(1)",
    { "2.7", "TypeError: get_debug() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.get_debug() takes no arguments (1 given)" } },
  { "gc.get_stats(1)",
    { "2.7", "AttributeError: 'module' object has no attribute 'get_stats'" },
    { "3.6", "TypeError: get_stats() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.get_stats() takes no arguments (1 given)" } },
  { "gc.set_threshold()",
    { "2.7", "TypeError: set_threshold() takes at least 1 argument (0 given)" },
    { "3.13", "TypeError: gc.set_threshold requires 1 to 3 arguments" } },
  { "gc.set_threshold(1,2,3,4)",
    { "2.7", "TypeError: set_threshold() takes at most 3 arguments (4 given)" },
    { "3.13", "TypeError: gc.set_threshold requires 1 to 3 arguments" } },
  { 'gc.set_threshold("a")',
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type str)" },
    { "3.10", "TypeError: 'str' object cannot be interpreted as an integer" } },
  { "gc.set_threshold(1.5)",
    { "2.7", "TypeError: integer argument expected, got float" },
    { "3.10", "TypeError: 'float' object cannot be interpreted as an integer" } },
  { "gc.set_threshold(None)",
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type NoneType)" },
    { "3.10", "TypeError: 'NoneType' object cannot be interpreted as an integer" } },
  { "gc.set_threshold(list{})",
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type list)" },
    { "3.10", "TypeError: 'list' object cannot be interpreted as an integer" } },
  { 'gc.set_threshold(1, "a")',
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type str)" },
    { "3.10", "TypeError: 'str' object cannot be interpreted as an integer" } },
  { "gc.set_threshold(1 << 40)", { "2.7", "OverflowError: signed integer is greater than maximum" } },
  { "gc.set_threshold(-(1 << 40))", { "2.7", "OverflowError: signed integer is less than minimum" } },
  { "gc.set_threshold(1, 1 << 40)", { "2.7", "OverflowError: signed integer is greater than maximum" } },
  { "gc.set_debug()",
    { "2.7", "TypeError: set_debug() takes exactly 1 argument (0 given)" },
    { "3.7", "TypeError: set_debug() takes exactly one argument (0 given)" },
    { "3.9", "TypeError: gc.set_debug() takes exactly one argument (0 given)" } },
  { "gc.set_debug(1, 2)",
    { "2.7", "TypeError: set_debug() takes exactly 1 argument (2 given)" },
    { "3.7", "TypeError: set_debug() takes exactly one argument (2 given)" },
    { "3.9", "TypeError: gc.set_debug() takes exactly one argument (2 given)" } },
  { 'gc.set_debug("x")',
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type str)" },
    { "3.10", "TypeError: 'str' object cannot be interpreted as an integer" } },
  { "gc.set_debug(1.0)",
    { "2.7", "TypeError: integer argument expected, got float" },
    { "3.10", "TypeError: 'float' object cannot be interpreted as an integer" } },
  { "gc.set_debug(None)",
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: an integer is required (got type NoneType)" },
    { "3.10", "TypeError: 'NoneType' object cannot be interpreted as an integer" } },
  { "gc.set_debug(1 << 40)",
    { "2.7", "OverflowError: signed integer is greater than maximum" },
    { "3.8", "OverflowError: Python int too large to convert to C int" } },
  { "gc.get_objects(1, 2)",
    { "2.7", "TypeError: get_objects() takes no arguments (2 given)" },
    { "3.8", "TypeError: get_objects() takes at most 1 argument (2 given)" } },
  { "gc.get_objects(3)",
    { "2.7", "TypeError: get_objects() takes no arguments (1 given)" },
    { "3.8", "ValueError: generation parameter must be less than the number of available generations (3)" } },
  { "gc.get_objects(-2)",
    { "2.7", "TypeError: get_objects() takes no arguments (1 given)" },
    { "3.8", "ValueError: generation parameter cannot be negative" } },
  { 'gc.get_objects("a")',
    { "2.7", "TypeError: get_objects() takes no arguments (1 given)" },
    { "3.8", "TypeError: argument should be integer or None, not 'str'" } },
  { "gc.get_objects(1.0)",
    { "2.7", "TypeError: get_objects() takes no arguments (1 given)" },
    { "3.8", "TypeError: argument should be integer or None, not 'float'" } },
  { "gc.get_objects(list{})",
    { "2.7", "TypeError: get_objects() takes no arguments (1 given)" },
    { "3.8", "TypeError: argument should be integer or None, not 'list'" } },
  { "gc.get_objects(1 << 40)",
    { "2.7", "TypeError: get_objects() takes no arguments (1 given)" },
    { "3.8", "ValueError: generation parameter must be less than the number of available generations (3)" } },
  { "gc.is_tracked()",
    { "2.7", "TypeError: is_tracked() takes exactly one argument (0 given)" },
    { "3.9", "TypeError: gc.is_tracked() takes exactly one argument (0 given)" } },
  { "gc.is_tracked(x, x)",
    { "2.7", "TypeError: is_tracked() takes exactly one argument (2 given)" },
    { "3.9", "TypeError: gc.is_tracked() takes exactly one argument (2 given)" } },
  { "gc.is_finalized()",
    { "2.7", "AttributeError: 'module' object has no attribute 'is_finalized'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'is_finalized'" },
    { "3.9", "TypeError: gc.is_finalized() takes exactly one argument (0 given)" } },
  { "gc.is_finalized(x, x)",
    { "2.7", "AttributeError: 'module' object has no attribute 'is_finalized'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'is_finalized'" },
    { "3.9", "TypeError: gc.is_finalized() takes exactly one argument (2 given)" } },
  { "gc.freeze(1)",
    { "2.7", "AttributeError: 'module' object has no attribute 'freeze'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'freeze'" },
    { "3.7", "TypeError: freeze() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.freeze() takes no arguments (1 given)" } },
  { "gc.unfreeze(1)",
    { "2.7", "AttributeError: 'module' object has no attribute 'unfreeze'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'unfreeze'" },
    { "3.7", "TypeError: unfreeze() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.unfreeze() takes no arguments (1 given)" } },
  { "gc.get_freeze_count(1)",
    { "2.7", "AttributeError: 'module' object has no attribute 'get_freeze_count'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'get_freeze_count'" },
    { "3.7", "TypeError: get_freeze_count() takes no arguments (1 given)" },
    { "3.9", "TypeError: gc.get_freeze_count() takes no arguments (1 given)" } },
  { "gc.nonsense",
    { "2.7", "AttributeError: 'module' object has no attribute 'nonsense'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'nonsense'" } },
  { "sys.getrefcount()",
    { "2.7", "TypeError: getrefcount() takes exactly one argument (0 given)" },
    { "3.9", "TypeError: sys.getrefcount() takes exactly one argument (0 given)" } },
  { "sys.getrefcount(x, x)",
    { "2.7", "TypeError: getrefcount() takes exactly one argument (2 given)" },
    { "3.9", "TypeError: sys.getrefcount() takes exactly one argument (2 given)" } },
  { "sys.getsizeof()",
    { "2.7", "TypeError: Required argument 'object' (pos 1) not found" },
    { "3.7", "TypeError: getsizeof() missing required argument 'object' (pos 1)" } },
  { "sys.getsizeof(x, 2, 3)", { "2.7", "TypeError: getsizeof() takes at most 2 arguments (3 given)" } },
  { "sys.intern()",
    { "2.7", "TypeError: intern() takes exactly 1 argument (0 given)" },
    { "3.8", "TypeError: intern() takes exactly one argument (0 given)" },
    { "3.9", "TypeError: sys.intern() takes exactly one argument (0 given)" } },
  { "sys.intern(1)",
    { "2.7", "TypeError: intern() argument 1 must be string, not int" },
    { "3.6", "TypeError: intern() argument 1 must be str, not int" },
    { "3.8", "TypeError: intern() argument must be str, not int" } },
  { "sys.intern(None)",
    { "2.7", "TypeError: intern() argument 1 must be string, not None" },
    { "3.6", "TypeError: intern() argument 1 must be str, not None" },
    { "3.8", "TypeError: intern() argument must be str, not None" } },
  { "sys.intern(1.5)",
    { "2.7", "TypeError: intern() argument 1 must be string, not float" },
    { "3.6", "TypeError: intern() argument 1 must be str, not float" },
    { "3.8", "TypeError: intern() argument must be str, not float" } },
  { "sys.intern(list{})",
    { "2.7", "TypeError: intern() argument 1 must be string, not list" },
    { "3.6", "TypeError: intern() argument 1 must be str, not list" },
    { "3.8", "TypeError: intern() argument must be str, not list" } },
  { 'sys.intern("a", "b")',
    { "2.7", "TypeError: intern() takes exactly 1 argument (2 given)" },
    { "3.8", "TypeError: intern() takes exactly one argument (2 given)" },
    { "3.9", "TypeError: sys.intern() takes exactly one argument (2 given)" } },
  { "weakref.ref()",
    { "2.7", "TypeError: __new__ expected at least 1 arguments, got 0" },
    { "3.8", "TypeError: __new__ expected at least 1 argument, got 0" } },
  { "weakref.ref(set{}, None, 2)", { "2.7", "TypeError: __new__ expected at most 2 arguments, got 3" } },
  { "weakref.ref(s)(1)",
    { "2.7", "TypeError: __call__() takes at most 0 arguments (1 given)" },
    { "3.11", "TypeError: weakref expected 0 arguments, got 1" } },
}

-- the gc and sys modules: results
local VALUES = {
  { "gc.DEBUG_STATS", { "2.7", "1" } },
  { "gc.DEBUG_COLLECTABLE", { "2.7", "2" } },
  { "gc.DEBUG_UNCOLLECTABLE", { "2.7", "4" } },
  { "gc.DEBUG_SAVEALL", { "2.7", "32" } },
  { "gc.DEBUG_LEAK", { "2.7", "62" }, { "3.6", "38" } },
  { "gc.DEBUG_INSTANCES",
    { "2.7", "8" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'DEBUG_INSTANCES'" } },
  { "gc.DEBUG_OBJECTS", { "2.7", "16" }, { "3.6", "AttributeError: module 'gc' has no attribute 'DEBUG_OBJECTS'" } },
  { "gc.get_threshold()", { "2.7", "(700, 10, 10)" }, { "3.13", "(2000, 10, 10)" } },
  { "gc.is_tracked(list{})", { "2.7", "True" } },
  { "gc.is_finalized(list{})",
    { "2.7", "AttributeError: 'module' object has no attribute 'is_finalized'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'is_finalized'" },
    { "3.9", "False" } },
  { "gc.get_freeze_count()",
    { "2.7", "AttributeError: 'module' object has no attribute 'get_freeze_count'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'get_freeze_count'" },
    { "3.7", "0" } },
  { "gc.freeze()",
    { "2.7", "AttributeError: 'module' object has no attribute 'freeze'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'freeze'" },
    { "3.7", "None" } },
  { "gc.unfreeze()",
    { "2.7", "AttributeError: 'module' object has no attribute 'unfreeze'" },
    { "3.6", "AttributeError: module 'gc' has no attribute 'unfreeze'" },
    { "3.7", "None" } },
  { "gc.callbacks", { "2.7", "AttributeError: 'module' object has no attribute 'callbacks'" }, { "3.6", "[]" } },
  { "gc.get_debug()", { "2.7", "0" } },
}

-- containers
local CONTAINERS = {
  { "list{}[0]", { "2.7", "IndexError: list index out of range" } },
  { "list{}:pop()", { "2.7", "IndexError: pop from empty list" } },
  { "list{1}:pop(5)", { "2.7", "IndexError: pop index out of range" } },
  { 'list{1}:pop("a")',
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: 'str' object cannot be interpreted as an integer" } },
  { "list{1}:pop(1.0)",
    { "2.7", "TypeError: integer argument expected, got float" },
    { "3.10", "TypeError: 'float' object cannot be interpreted as an integer" } },
  { "list{1}:pop(None)",
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: 'NoneType' object cannot be interpreted as an integer" } },
  { "list{1}[2]", { "2.7", "IndexError: list index out of range" } },
  { "list{1}[1.5]",
    { "2.7", "TypeError: list indices must be integers, not float" },
    { "3.6", "TypeError: list indices must be integers or slices, not float" } },
  { "list{1}[None]",
    { "2.7", "TypeError: list indices must be integers, not NoneType" },
    { "3.6", "TypeError: list indices must be integers or slices, not NoneType" } },
  { "list{1}[list{}]",
    { "2.7", "TypeError: list indices must be integers, not list" },
    { "3.6", "TypeError: list indices must be integers or slices, not list" } },
  { 'list{1}[str "a"]',
    { "2.7", "TypeError: list indices must be integers, not str" },
    { "3.6", "TypeError: list indices must be integers or slices, not str" } },
  { "list{1}[5] = 1", { "2.7", "IndexError: list assignment index out of range" } },
  { "list{1}:delitem(5)", { "2.7", "IndexError: list assignment index out of range" } },
  { 'list{1}:delitem("a")',
    { "2.7", "TypeError: list indices must be integers, not str" },
    { "3.6", "TypeError: list indices must be integers or slices, not str" } },
  { 'list{1}:insert("a", 1)',
    { "2.7", "TypeError: an integer is required" },
    { "3.6", "TypeError: 'str' object cannot be interpreted as an integer" } },
  { "list{1}:insert(1.0, 1)",
    { "2.7", "TypeError: integer argument expected, got float" },
    { "3.10", "TypeError: 'float' object cannot be interpreted as an integer" } },
  { "list{1}:remove(5)", { "2.7", "ValueError: list.remove(x): x not in list" } },
  { "list{1}:index(5)", { "2.7", "ValueError: 5 is not in list" } },
  { 'list{1}:index("a")', { "2.7", "ValueError: 'a' is not in list" } },
  { "list{1}:index(list{2})", { "2.7", "ValueError: [2] is not in list" } },
  { "list{1}:extend(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "list{1}:extend(None)", { "2.7", "TypeError: 'NoneType' object is not iterable" } },
  { "tuple{1}[5]", { "2.7", "IndexError: tuple index out of range" } },
  { "tuple{1}[1.5]",
    { "2.7", "TypeError: tuple indices must be integers, not float" },
    { "3.6", "TypeError: tuple indices must be integers or slices, not float" } },
  { 'tuple{1}[str "a"]',
    { "2.7", "TypeError: tuple indices must be integers, not str" },
    { "3.6", "TypeError: tuple indices must be integers or slices, not str" } },
  { "tuple{1}:index(5)", { "2.7", "ValueError: tuple.index(x): x not in tuple" } },
  { 'dict{}:delitem("a")', { "2.7", "KeyError: 'a'" } },
  { 'dict{}:pop("a")', { "2.7", "KeyError: 'a'" } },
  { "dict{}:pop(1)", { "2.7", "KeyError: 1" } },
  { "dict{}:popitem()", { "2.7", "KeyError: 'popitem(): dictionary is empty'" } },
  { "dict{}:pop(list{})", { "2.7", "KeyError: []" } },
  { "dict{}:get(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')" } },
  { "dict{}:get(set{})",
    { "2.7", "TypeError: unhashable type: 'set'" },
    { "3.14", "TypeError: cannot use 'set' as a dict key (unhashable type: 'set')" } },
  { "dict{}:setdefault(list{}, 1)",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')" } },
  { "dict{}:set(list{}, 1)",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')" } },
  { "dict{}:set(set{}, 1)",
    { "2.7", "TypeError: unhashable type: 'set'" },
    { "3.14", "TypeError: cannot use 'set' as a dict key (unhashable type: 'set')" } },
  { "dict{}:delitem(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')" } },
  { "dict{}:contains(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')" } },
  { "dict{}:update(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "dict{}:update(list{1})",
    { "2.7", "TypeError: cannot convert dictionary update sequence element #0 to a sequence" } },
  { "dict{}:update(list{tuple{1}})",
    { "2.7", "ValueError: dictionary update sequence element #0 has length 1; 2 is required" } },
  { "dict{}:update(None)", { "2.7", "TypeError: 'NoneType' object is not iterable" } },
  { "dict(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { 'set{}:remove("a")', { "2.7", "KeyError: 'a'" } },
  { "set{}:remove(1)", { "2.7", "KeyError: 1" } },
  { "set{}:remove(tuple{1})", { "2.7", "KeyError: (1,)" } },
  { "set{}:remove(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a set element (unhashable type: 'list')" } },
  { "set{}:add(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a set element (unhashable type: 'list')" } },
  { "set{}:add(dict{})",
    { "2.7", "TypeError: unhashable type: 'dict'" },
    { "3.14", "TypeError: cannot use 'dict' as a set element (unhashable type: 'dict')" } },
  { "set{}:add(set{})",
    { "2.7", "TypeError: unhashable type: 'set'" },
    { "3.14", "TypeError: cannot use 'set' as a set element (unhashable type: 'set')" } },
  { "set{}:discard(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a set element (unhashable type: 'list')" } },
  { "set{}:pop()", { "2.7", "KeyError: 'pop from an empty set'" } },
  { "set{}:update(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "set{}:update(None)", { "2.7", "TypeError: 'NoneType' object is not iterable" } },
  { "set{list{}}",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a set element (unhashable type: 'list')" } },
  { "set{}:contains(list{})",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a set element (unhashable type: 'list')" } },
  { "frozenset{list{}}",
    { "2.7", "TypeError: unhashable type: 'list'" },
    { "3.14", "TypeError: cannot use 'list' as a set element (unhashable type: 'list')" } },
  { "frozenset(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "set(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "list(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "list(None)", { "2.7", "TypeError: 'NoneType' object is not iterable" } },
  { "tuple(5)", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "iter(int(5))", { "2.7", "TypeError: 'int' object is not iterable" } },
  { "hash(list{})", { "2.7", "TypeError: unhashable type: 'list'" } },
  { "hash(dict{})", { "2.7", "TypeError: unhashable type: 'dict'" } },
  { "hash(set{})", { "2.7", "TypeError: unhashable type: 'set'" } },
  { "hash(tuple{list{}})", { "2.7", "TypeError: unhashable type: 'list'" } },
  { "hash(tuple{1, dict{}})", { "2.7", "TypeError: unhashable type: 'dict'" } },
  { "hash(gone())", { "2.7", "TypeError: weak object has gone away" } },
  { "tuple{1}[0] = 1", { "2.7", "TypeError: 'tuple' object does not support item assignment" } },
  { "int(5)[0] = 1", { "2.7", "TypeError: 'int' object does not support item assignment" } },
  { 'str("a")[0] = 1', { "2.7", "TypeError: 'str' object does not support item assignment" } },
  { "set{}[0] = 1", { "2.7", "TypeError: 'set' object does not support item assignment" } },
  { "C()[0] = 1", { "2.7", "TypeError: 'C' object does not support item assignment" } },
  { "int(5)[0]",
    { "2.7", "TypeError: 'int' object has no attribute '__getitem__'" },
    { "3.6", "TypeError: 'int' object is not subscriptable" } },
  { "None[0]",
    { "2.7", "TypeError: 'NoneType' object has no attribute '__getitem__'" },
    { "3.6", "TypeError: 'NoneType' object is not subscriptable" } },
  { "set{}[0]",
    { "2.7", "TypeError: 'set' object does not support indexing" },
    { "3.7", "TypeError: 'set' object is not subscriptable" } },
  { "frozenset{}[0]",
    { "2.7", "TypeError: 'frozenset' object does not support indexing" },
    { "3.7", "TypeError: 'frozenset' object is not subscriptable" } },
  { "float(1.5)[0]",
    { "2.7", "TypeError: 'float' object has no attribute '__getitem__'" },
    { "3.6", "TypeError: 'float' object is not subscriptable" } },
  { "C()[0]",
    { "2.7", "TypeError: 'C' object does not support indexing" },
    { "3.7", "TypeError: 'C' object is not subscriptable" } },
  { 'for k in iter(d) do d:set("b", 1) end', { "2.7", "RuntimeError: dictionary changed size during iteration" } },
  { "for k in iter(d) do d:clear() end", { "2.7", "RuntimeError: dictionary changed size during iteration" } },
  { "for k in iter(s) do s:add(k + int(1)) end", { "2.7", "RuntimeError: Set changed size during iteration" } },
}

-- operators and conversions
local OPERATORS = {
  { 'int(1) + "a"', { "2.7", "TypeError: unsupported operand type(s) for +: 'int' and 'str'" } },
  { 'str "a" + 1',
    { "2.7", "TypeError: cannot concatenate 'str' and 'int' objects" },
    { "3.6", "TypeError: must be str, not int" },
    { "3.7", 'TypeError: can only concatenate str (not "int") to str' } },
  { 'str "a" + None',
    { "2.7", "TypeError: cannot concatenate 'str' and 'NoneType' objects" },
    { "3.6", "TypeError: must be str, not NoneType" },
    { "3.7", 'TypeError: can only concatenate str (not "NoneType") to str' } },
  { "list{} + 1", { "2.7", 'TypeError: can only concatenate list (not "int") to list' } },
  { "list{} + tuple{}", { "2.7", 'TypeError: can only concatenate list (not "tuple") to list' } },
  { "tuple{} + list{}", { "2.7", 'TypeError: can only concatenate tuple (not "list") to tuple' } },
  { "tuple{} + 1", { "2.7", 'TypeError: can only concatenate tuple (not "int") to tuple' } },
  { 'list{} * "a"', { "2.7", "TypeError: can't multiply sequence by non-int of type 'str'" } },
  { "list{} * 1.5", { "2.7", "TypeError: can't multiply sequence by non-int of type 'float'" } },
  { 'str "a" * "b"', { "2.7", "TypeError: can't multiply sequence by non-int of type 'str'" } },
  { "tuple{} * 1.5", { "2.7", "TypeError: can't multiply sequence by non-int of type 'float'" } },
  { "list{} * list{}", { "2.7", "TypeError: can't multiply sequence by non-int of type 'list'" } },
  { 'int(1) - "a"', { "2.7", "TypeError: unsupported operand type(s) for -: 'int' and 'str'" } },
  { "int(1) * None", { "2.7", "TypeError: unsupported operand type(s) for *: 'int' and 'NoneType'" } },
  { "dict{} + dict{}", { "2.7", "TypeError: unsupported operand type(s) for +: 'dict' and 'dict'" } },
  { "set{} - 1", { "2.7", "TypeError: unsupported operand type(s) for -: 'set' and 'int'" } },
  { "int(5) // 0",
    { "2.7", "ZeroDivisionError: integer division or modulo by zero" },
    { "3.14", "ZeroDivisionError: division by zero" } },
  { "int(5) % 0",
    { "2.7", "ZeroDivisionError: integer division or modulo by zero" },
    { "3.11", "ZeroDivisionError: integer modulo by zero" },
    { "3.14", "ZeroDivisionError: division by zero" } },
  { "int(5) / 0",
    { "2.7", "ZeroDivisionError: integer division or modulo by zero" },
    { "3.6", "ZeroDivisionError: division by zero" } },
  { "float(2.5) / 0",
    { "2.7", "ZeroDivisionError: float division by zero" },
    { "3.14", "ZeroDivisionError: division by zero" } },
  { "float(2.5) // 0",
    { "2.7", "ZeroDivisionError: float divmod()" },
    { "3.9", "ZeroDivisionError: float floor division by zero" },
    { "3.14", "ZeroDivisionError: division by zero" } },
  { "float(2.5) % 0",
    { "2.7", "ZeroDivisionError: float modulo" },
    { "3.13", "ZeroDivisionError: float modulo by zero" },
    { "3.14", "ZeroDivisionError: division by zero" } },
  { '-str "a"', { "2.7", "TypeError: bad operand type for unary -: 'str'" } },
  { "-list{}", { "2.7", "TypeError: bad operand type for unary -: 'list'" } },
  { "-None", { "2.7", "TypeError: bad operand type for unary -: 'NoneType'" } },
  { 'int "abc"', { "2.7", "ValueError: invalid literal for int() with base 10: 'abc'" } },
  { 'int ""', { "2.7", "ValueError: invalid literal for int() with base 10: ''" } },
  { "int(list{})",
    { "2.7", "TypeError: int() argument must be a string or a number, not 'list'" },
    { "3.6", "TypeError: int() argument must be a string, a bytes-like object or a number, not 'list'" },
    { "3.10", "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'list'" } },
  { "int(None)",
    { "2.7", "TypeError: int() argument must be a string or a number, not 'NoneType'" },
    { "3.6", "TypeError: int() argument must be a string, a bytes-like object or a number, not 'NoneType'" },
    { "3.10", "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'" } },
  { "int(0/0)", { "2.7", "ValueError: cannot convert float NaN to integer" } },
  { "int(1/0)", { "2.7", "OverflowError: cannot convert float infinity to integer" } },
  { "int(C())",
    { "2.7", "TypeError: int() argument must be a string or a number, not 'C'" },
    { "3.6", "TypeError: int() argument must be a string, a bytes-like object or a number, not 'C'" },
    { "3.10", "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'C'" } },
  { 'float "abc"',
    { "2.7", "ValueError: could not convert string to float: abc" },
    { "3.6", "ValueError: could not convert string to float: 'abc'" } },
  { 'float ""',
    { "2.7", "ValueError: could not convert string to float: " },
    { "3.8", "ValueError: could not convert string to float: ''" } },
  { "float(list{})",
    { "2.7", "TypeError: float() argument must be a string or a number" },
    { "3.6", "TypeError: float() argument must be a string or a number, not 'list'" },
    { "3.10", "TypeError: float() argument must be a string or a real number, not 'list'" } },
  { "float(None)",
    { "2.7", "TypeError: float() argument must be a string or a number" },
    { "3.6", "TypeError: float() argument must be a string or a number, not 'NoneType'" },
    { "3.10", "TypeError: float() argument must be a string or a real number, not 'NoneType'" } },
  { "#int(5)", { "2.7", "TypeError: object of type 'int' has no len()" } },
  { "#None", { "2.7", "TypeError: object of type 'NoneType' has no len()" } },
}

-- order, of which there is none (2.7 has one for everything: not looked at here)
local ORDER = {
  { 'str "a" < int(1)', { "3.6", "TypeError: '<' not supported between instances of 'str' and 'int'" } },
  { "list{} < tuple{}", { "3.6", "TypeError: '<' not supported between instances of 'list' and 'tuple'" } },
  { "None < int(1)", { "3.6", "TypeError: '<' not supported between instances of 'NoneType' and 'int'" } },
  { "dict{} < dict{}", { "3.6", "TypeError: '<' not supported between instances of 'dict' and 'dict'" } },
  { 'list{1} < list{"a"}', { "3.6", "TypeError: '<' not supported between instances of 'int' and 'str'" } },
  { "set{} < int(1)", { "3.6", "TypeError: '<' not supported between instances of 'set' and 'int'" } },
  { "C() < C()", { "3.6", "TypeError: '<' not supported between instances of 'C' and 'C'" } },
  { 'list{1, "a"}:sort()', { "3.6", "TypeError: '<' not supported between instances of 'str' and 'int'" } },
}

-- attributes
local ATTRIBUTES = {
  { "C().x", { "2.7", "AttributeError: 'C' object has no attribute 'x'" } },
  { "C().x = nil",
    { "2.7", "AttributeError: 'C' object has no attribute 'x'" },
    { "3.6", "AttributeError: x" },
    { "3.11", "AttributeError: 'C' object has no attribute 'x'" } },
  { "C{y = 1}.x = nil",
    { "2.7", "AttributeError: x" },
    { "3.11", "AttributeError: 'C' object has no attribute 'x'" } },
  { "list{}.foo", { "2.7", "AttributeError: 'list' object has no attribute 'foo'" } },
  { "list{}.foo = 1",
    { "2.7", "AttributeError: 'list' object has no attribute 'foo'" },
    { "3.13", "AttributeError: 'list' object has no attribute 'foo' and no __dict__ for setting new attributes" } },
  { "int(5).foo", { "2.7", "AttributeError: 'int' object has no attribute 'foo'" } },
  { 'str("abc").foo', { "2.7", "AttributeError: 'str' object has no attribute 'foo'" } },
  { "int(5).x = 1",
    { "2.7", "AttributeError: 'int' object has no attribute 'x'" },
    { "3.13", "AttributeError: 'int' object has no attribute 'x' and no __dict__ for setting new attributes" } },
  { "tuple{}.x = 1",
    { "2.7", "AttributeError: 'tuple' object has no attribute 'x'" },
    { "3.13", "AttributeError: 'tuple' object has no attribute 'x' and no __dict__ for setting new attributes" } },
  { 'str("a").x = 1',
    { "2.7", "AttributeError: 'str' object has no attribute 'x'" },
    { "3.13", "AttributeError: 'str' object has no attribute 'x' and no __dict__ for setting new attributes" } },
  { "set{}.x = 1",
    { "2.7", "AttributeError: 'set' object has no attribute 'x'" },
    { "3.13", "AttributeError: 'set' object has no attribute 'x' and no __dict__ for setting new attributes" } },
  { "weakref.ref(int(5))", { "2.7", "TypeError: cannot create weak reference to 'int' object" } },
  { "weakref.ref(list{})", { "2.7", "TypeError: cannot create weak reference to 'list' object" } },
  { "weakref.ref(None)", { "2.7", "TypeError: cannot create weak reference to 'NoneType' object" } },
}

-- too deep
local DEEP = {
  { "repr(deep(list))",
    { "2.7", "RuntimeError: maximum recursion depth exceeded while getting the repr of an object" },
    { "3.6", "RecursionError: maximum recursion depth exceeded while getting the repr of an object" } },
  { "repr(deep(tuple))",
    { "2.7", "RuntimeError: maximum recursion depth exceeded while getting the repr of an object" },
    { "3.6", "RecursionError: maximum recursion depth exceeded while getting the repr of an object" } },
  { "eq(deep(list), deep(list))",
    { "2.7", "RuntimeError: maximum recursion depth exceeded in cmp" },
    { "3.6", "RecursionError: maximum recursion depth exceeded in comparison" } },
  { "eq(deep(tuple), deep(tuple))",
    { "2.7", "RuntimeError: maximum recursion depth exceeded in cmp" },
    { "3.6", "RecursionError: maximum recursion depth exceeded in comparison" } },
  { "_ = deep(list) < deep(list)",
    { "2.7", "RuntimeError: maximum recursion depth exceeded in cmp" },
    { "3.6", "RecursionError: maximum recursion depth exceeded in comparison" } },
}
-- sys.getsizeof: bytes of an ordinary 64-bit build; each holds from its release on
local SIZES = {
  { "None", { "2.7", 16 } },
  { "True", { "2.7", 24 }, { "3.6", 28 } },
  { "int(0)", { "2.7", 24 }, { "3.11", 28 } },
  { "int(1)", { "2.7", 24 }, { "3.6", 28 } },
  { "int(-1)", { "2.7", 24 }, { "3.6", 28 } },
  { "int(1 << 30)", { "2.7", 24 }, { "3.6", 32 } },
  { "int(1 << 60)", { "2.7", 24 }, { "3.6", 36 } },
  { "int(1 << 62)", { "2.7", 24 }, { "3.6", 36 } },
  { "float(1.5)", { "2.7", 24 } },
  { 'str ""', { "2.7", 37 }, { "3.6", 49 }, { "3.12", 41 } },
  { 'str "a"', { "2.7", 38 }, { "3.6", 50 }, { "3.12", 42 } },
  { 'str "abc"', { "2.7", 40 }, { "3.6", 52 }, { "3.12", 44 } },
  { 'str "\\u{E9}"', { "3.6", 74 }, { "3.12", 61 } },
  { 'str "\\u{4E00}"', { "3.6", 76 }, { "3.12", 60 } },
  { 'str "\\u{1F600}"', { "3.6", 80 }, { "3.12", 64 } },
  { 'str "ab\\u{E9}"', { "3.6", 76 }, { "3.12", 60 } },
  { "tuple{}", { "2.7", 56 }, { "3.8", 40 }, { "3.14", 48 } },
  { "tuple{1}", { "2.7", 64 }, { "3.8", 48 }, { "3.14", 56 } },
  { "tuple{1, 2, 3}", { "2.7", 80 }, { "3.8", 64 }, { "3.14", 72 } },
  { "tuple(counted(20))", { "2.7", 216 }, { "3.8", 200 }, { "3.14", 208 } },
  { "list{}", { "2.7", 72 }, { "3.8", 56 } },
  { "list{1}", { "2.7", 80 }, { "3.8", 64 } },
  { "list()", { "2.7", 72 }, { "3.8", 56 } },
  { "list(tuple{1, 2, 3})", { "2.7", 120 }, { "3.8", 80 }, { "3.10", 88 } },
  { "list(tuple{1, 2, 3, 4, 5, 6, 7})", { "2.7", 152 }, { "3.8", 112 }, { "3.10", 120 } },
  { "list(list{1, 2, 3})", { "2.7", 120 }, { "3.8", 80 }, { "3.10", 88 } },
  { "counted(1)", { "2.7", 104 }, { "3.8", 88 } },
  { "counted(5)", { "2.7", 136 }, { "3.8", 120 } },
  { "counted(9)", { "2.7", 200 }, { "3.8", 184 } },
  { "counted(17)", { "2.7", 272 }, { "3.8", 256 }, { "3.9", 248 } },
  { "counted(100)", { "2.7", 920 }, { "3.8", 904 }, { "3.9", 920 } },
  { "extended(list{}, tuple{1, 2, 3})", { "2.7", 120 }, { "3.8", 104 }, { "3.9", 120 }, { "3.10", 88 } },
  { "list{1, 2} + list{3}", { "2.7", 96 }, { "3.8", 80 } },
  { "list{1} * 5", { "2.7", 112 }, { "3.8", 96 } },
  { "list(dict{{1, 1}, {2, 2}, {3, 3}})", { "2.7", 120 }, { "3.8", 80 }, { "3.10", 88 }, { "3.13", 120 } },
  { "list(set{1, 2, 3})", { "2.7", 120 }, { "3.8", 80 }, { "3.10", 88 }, { "3.13", 120 } },
  { "dict{}", { "2.7", 280 }, { "3.6", 248 }, { "3.8", 64 } },
  { "dict()", { "2.7", 280 }, { "3.6", 248 }, { "3.8", 232 }, { "3.10", 64 } },
  { "dict{{1, 1}}", { "2.7", 280 }, { "3.6", 248 }, { "3.8", 232 }, { "3.11", 224 } },
  { "grown(5)", { "2.7", 280 }, { "3.6", 248 }, { "3.8", 232 }, { "3.11", 224 } },
  { "grown(6)", { "2.7", 1048 }, { "3.6", 376 }, { "3.8", 360 }, { "3.11", 352 } },
  { "grown(11)", { "2.7", 1048 }, { "3.6", 656 }, { "3.8", 640 }, { "3.11", 632 } },
  { "grown(22)", { "2.7", 3352 }, { "3.6", 1192 }, { "3.8", 1176 }, { "3.11", 1168 } },
  { "grown(100)", { "2.7", 12568 }, { "3.6", 4712 }, { "3.8", 4696 }, { "3.11", 4688 } },
  { "dict{a = 1}", { "2.7", 280 }, { "3.6", 248 }, { "3.8", 232 }, { "3.11", 184 } },
  { "grown(6, str)", { "2.7", 1048 }, { "3.6", 376 }, { "3.8", 360 }, { "3.11", 272 } },
  { "grown(11, str)", { "2.7", 1048 }, { "3.6", 656 }, { "3.8", 640 }, { "3.11", 464 } },
  { "grown(100, str)", { "2.7", 12568 }, { "3.6", 4712 }, { "3.8", 4696 }, { "3.11", 3328 } },
  { "emptied(100)", { "2.7", 12568 }, { "3.6", 4712 }, { "3.8", 4696 }, { "3.11", 4688 } },
  { "cleared(100)", { "2.7", 280 }, { "3.6", 80 }, { "3.8", 64 } },
  { "grown(5):copy()", { "2.7", 280 }, { "3.6", 248 }, { "3.8", 232 }, { "3.11", 224 } },
  { "dict(grown(11))", { "2.7", 1048 }, { "3.6", 656 }, { "3.8", 640 }, { "3.11", 632 } },
  { "set()", { "2.7", 232 }, { "3.8", 216 } },
  { "set{1, 2, 3}", { "2.7", 232 }, { "3.8", 216 } },
  { "added(4)", { "2.7", 232 }, { "3.8", 216 } },
  { "added(5)", { "2.7", 232 }, { "3.6", 744 }, { "3.8", 728 } },
  { "added(6)", { "2.7", 744 }, { "3.8", 728 } },
  { "added(19)", { "2.7", 744 }, { "3.7", 2280 }, { "3.8", 2264 } },
  { "added(20)", { "2.7", 744 }, { "3.7", 2280 }, { "3.8", 2264 } },
  { "added(100)", { "2.7", 8424 }, { "3.8", 8408 } },
  { "added(100):copy()", { "2.7", 4328 }, { "3.8", 4312 } },
  { "frozenset()", { "2.7", 232 }, { "3.8", 216 } },
  { "frozenset{1, 2, 3}", { "2.7", 232 }, { "3.8", 216 } },
  { "frozenset(counted(20))", { "2.7", 744 }, { "3.7", 2280 }, { "3.8", 2264 } },
  { "C()", { "2.7", 64 }, { "3.8", 48 }, { "3.11", 56 }, { "3.12", 48 } },
  { "weakref.ref(s)", { "2.7", 88 }, { "3.8", 72 }, { "3.11", 80 } },
}
-- ----------------------------------------------------------------------- the tests --

local RELEASES = { "2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15" }
local NUMBER = {}
for i, release in ipairs(RELEASES) do NUMBER[release] = i end

-- The releases that this build has profiles of, in order.
local function releases()
  local there, found = {}, {}
  for _, profile in ipairs(refchain.profiles()) do there[profile.name] = true end
  for _, release in ipairs(RELEASES) do
    if there[release] then found[#found + 1] = release end
  end
  return found
end

-- What the row says of a release; nil where it begins later.
local function expected_of(row, release)
  local expected
  for i = 2, #row do
    if NUMBER[row[i][1]] <= NUMBER[release] then expected = row[i][2] end
  end
  return expected
end

local PRELUDE = [[
local C = class("C")
local function gone() local o <close> = C() return weakref.ref(o) end
local function deep(make) local x = make{} for _ = 1, 1500 do x = make{x} end return x end
local function counted(n) local l = list{} for i = 0, n - 1 do l:append(i) end return l end
local function extended(l, x) l:extend(x) return l end
local function grown(n, key)
  local d = dict{}
  for i = 0, n - 1 do d:set(key and key(int(i)) or i, i) end
  return d
end
local function emptied(n) local d = grown(n) for i = 0, n - 1 do d:delitem(i) end return d end
local function cleared(n) local d = grown(n) d:clear() return d end
local function added(n) local t = set{} for i = 0, n - 1 do t:add(i) end return t end
local x <close> = list{}
local s <close> = set{1}
local d <close> = dict{{"a", 1}}
]]

-- Run a row's call, as an expression if it is one: the results, or false and the error.
local function call(py, code)
  local chunk = load(PRELUDE .. "return table.pack(" .. code .. ")", "=scenario", "t", py)
                or assert(load(PRELUDE .. code, "=scenario", "t", py))
  local done, result = pcall(chunk)
  return done and (result or { n = 0 }), result
end

local function each_row(rows, check)
  local seen = 0
  for _, release in ipairs(releases()) do
    local py = lab.open { profile = release, write = {} }
    for _, row in ipairs(rows) do
      local expected = expected_of(row, release)
      if expected ~= nil then
        check(py, row[1], expected, ("%s in %s"):format(row[1], release))
        seen = seen + 1
      end
    end
    lab.close(py)
  end
  lu.assertTrue(seen >= #rows)
end

-- Python's repr of a call's results.
local function shown(results)
  local texts = {}
  for i = 1, results.n do
    local value = results[i]
    texts[i] = value == true and "True" or value == false and "False" or value == nil and "None"
               or type(value) == "table" and #value == 0 and "[]" or tostring(value)
  end
  return #texts == 0 and "None" or #texts == 1 and texts[1] or "(" .. table.concat(texts, ", ") .. ")"
end

-- An error is at its line and followed by the word it was raised in, or a hint.
local function must_answer(py, code, expected, what)
  local results, problem = call(py, code)
  if results then
    lu.assertEquals(shown(results), expected, what)
    return
  end
  local _, last = tostring(problem):find(": " .. expected, 1, true)
  if not last or not tostring(problem):find("^ %(", last + 1) then
    lu.assertEquals(tostring(problem), expected, what)
  end
end

TestByRelease = {}

function TestByRelease:test_arguments_of_gc_and_sys() each_row(ARGUMENTS, must_answer) end
function TestByRelease:test_results_of_gc_and_sys() each_row(VALUES, must_answer) end
function TestByRelease:test_containers() each_row(CONTAINERS, must_answer) end
function TestByRelease:test_operators_and_conversions() each_row(OPERATORS, must_answer) end
function TestByRelease:test_order() each_row(ORDER, must_answer) end
function TestByRelease:test_attributes() each_row(ATTRIBUTES, must_answer) end
function TestByRelease:test_too_deep() each_row(DEEP, must_answer) end

function TestByRelease:test_sizes()
  each_row(SIZES, function(py, code, expected, what)
    lu.assertEquals(lab.run(py, PRELUDE .. "return sys.getsizeof(" .. code .. ")"), expected, what)
  end)
end

-- 16 bytes more, whatever it is.
function TestByRelease:test_sizes_with_trace_refs()
  local py = lab.open { profile = "3.8", settings = { trace_refs = true } }
  for _, row in ipairs(SIZES) do
    lu.assertEquals(lab.run(py, PRELUDE .. "return sys.getsizeof(" .. row[1] .. ")"),
                    expected_of(row, "3.8") + 16, row[1])
  end
  lab.close(py)
end

-- -------------------------------------------------------------- names that come and go --

TestNames = {}

function TestNames:test_a_name_that_is_not_yet_there_is_told_when_it_came()
  local py = lab.open { profile = "3.8" }
  lu.assertStrContains(lab.fails(py, "gc.is_finalized(list{})"),
                       "AttributeError: module 'gc' has no attribute 'is_finalized' "
                       .. "(gc.is_finalized is not in 3.8: new in ")
  lu.assertNotStrContains(lab.fails(py, "gc.nonsense()"), "new in")
  lu.assertStrContains(lab.fails(py, "return gc[5]"), "AttributeError: module 'gc' has no attribute 'number'")
  lab.close(py)
end

-- What is told of gc.NAME on a profile with settings, behind "(gc.NAME is not in ".
local function told_when(profile, settings, name)
  local py = lab.open { profile = profile, settings = settings }
  local message = lab.fails(py, "return gc." .. name)
  lab.close(py)
  return message:match "%(gc%.[%w_]+ is not in ([^)]*)%)"
end

function TestNames:test_a_profile_of_ones_own_tells_it_as_its_base_does()
  for _, settings in ipairs { {}, { float_free = 0 } } do
    lu.assertEquals(told_when("3.6", settings, "freeze"), "3.6: new in 3.7")
    lu.assertEquals(told_when("2.7", settings, "callbacks"), "2.7: new in 3.6")
    lu.assertEquals(told_when("3.13", settings, "DEBUG_OBJECTS"), "3.13: last in 2.7")
  end
end

function TestNames:test_a_name_that_was_taken_away_is_not_told_to_be_new()
  lu.assertNil(told_when("3.8", { has_freeze = false }, "freeze"))
  lu.assertNil(told_when("3.6", { has_freeze = false }, "freeze"))
  lu.assertEquals(told_when("3.6", { has_stats = false }, "freeze"), "3.6: new in 3.7")
end

function TestNames:test_needs_skips_what_a_profile_lacks()
  for _, name in ipairs { "get_stats", "callbacks" } do
    local py = lab.open { profile = "3.8", settings = { has_stats = false } }
    local done, problem = pcall(lab.run, py, ("needs 'gc.%s'"):format(name))
    lu.assertFalse(done)
    lu.assertStrContains(refchain.skipped(problem), "has no gc." .. name)
    lu.assertStrContains(lab.fails(py, "return gc." .. name), "has no attribute '" .. name .. "'")
    lab.close(py)
  end
end

function TestNames:test_the_debug_flags_of_2_7()
  local py = lab.open { profile = "3.8", settings = { debug_kinds = true } }
  lu.assertEquals({ lab.run(py, "return gc.DEBUG_INSTANCES, gc.DEBUG_OBJECTS, gc.DEBUG_LEAK") }, { 8, 16, 62 })
  lab.run(py, "needs 'gc.DEBUG_OBJECTS'")
  lab.close(py)
end

-- ------------------------------------------------------------------ what else differs --

TestDifferences = {}

-- Open 3.8 with these fields changed, run the code, close; what the code returns, and
-- what was written.
local function with(settings, code)
  local written = {}
  local py = lab.open { profile = "3.8", settings = settings, write = written }
  local results = table.pack(lab.run(py, code))
  lab.close(py)
  return results, table.concat(written)
end

function TestDifferences:test_thresholds_before_a_wrong_one_are_set_or_not()
  local code = "pcall(gc.set_threshold, 5, 6, 'a') return gc.get_threshold()"
  lu.assertEquals(with({ thresholds_at_once = false }, code), { 5, 6, 10, n = 3 })
  lu.assertEquals(with({ thresholds_at_once = true }, code), { 700, 10, 10, n = 3 })
end

function TestDifferences:test_statistics_with_candidates_and_duration()
  local code = [[
    local infos = {}
    gc.callbacks:append(function(phase, info) infos[phase] = info end)
    x, y = list{}, list{}
    gc.collect(0)
    local stats = gc.get_stats()[1]
    return infos.start.candidates, infos.stop.candidates, stats.candidates, infos.stop.duration, stats.duration]]
  lu.assertEquals(with({ timed_collections = true }, code), { 0, 2, 2, 0.0, 0.0, n = 5 })
  lu.assertEquals(with({ timed_collections = false }, code), { n = 5 })
end

-- What code returns on each release: from the release named on.
local SINCE = {
  { "pcall(gc.set_threshold, 5, 6, 'a') return gc.get_threshold() == 5", { "2.7", true }, { "3.13", false } },
  { "local n for k in pairs(gc.get_stats()[1]) do n = n or k == 'duration' end return n or false",
    { "3.6", false }, { "3.15", true } },
  { "local n frame(function() x = list{} n = sys.getrefcount(x) end) return n == 1",
    { "2.7", false }, { "3.14", true } },
  { "return birth(str 'Z') <= 0", { "2.7", false }, { "3.11", true } },
  { [[d = dict { a = 1, b = 2, c = 3 }
      local replaced
      return (pcall(function()
        for _ in keys(d) do
          if not replaced then d:delitem "a" d:set("z", 1) end
          replaced = true
        end
      end))]], { "3.6", true }, { "3.8", false } },
  { "x = list{} return #sys.getobjects(-1) > 0", { "2.7", false }, { "3.13", true } },
  { [[x = int(5)
      for _, object in ipairs(sys.getobjects(0)) do
        if is(object, x) then return true end
      end
      return false]], { "2.7", true }, { "3.11", false } },
}

function TestDifferences:test_each_release_has_its_own()
  for _, profile in ipairs(refchain.profiles()) do
    local release = tonumber((profile.name:gsub("^3%.(%d)$", "3.0%1")))
    for _, row in ipairs(release and SINCE or {}) do
      local expected
      for i = 2, #row do
        if tonumber((row[i][1]:gsub("^3%.(%d)$", "3.0%1"))) <= release then expected = row[i][2] end
      end
      if expected ~= nil then
        local py = lab.open { profile = profile.name }
        lu.assertEquals(lab.run(py, row[1]), expected, profile.name .. ": " .. row[1])
        lab.close(py)
      end
    end
  end
end

local IGNORED = {
  { "local n = 0 gc.callbacks:append(function() n = n + 1 if n == 1 then error('oops', 0) end end) gc.collect()",
    "callback 1 of gc.callbacks", "GC callback" },
  { "class('C', {__del__ = function() error('oops', 0) end})() gc.collect()", "finalizer of C #1", "deallocator" },
  { "s = set{} w = weakref.ref(s, function() error('oops', 0) end) s = nil", "callback of weakref #2",
    "weakref callback" },
}

function TestDifferences:test_errors_that_nobody_catches()
  for _, row in ipairs(IGNORED) do
    local code, where, kind = table.unpack(row)
    local function written(release)
      local _, text = with({ wording = release }, code)
      return text
    end
    lu.assertEquals(written "2.7", ("Exception oops in <%s> ignored\n"):format(where))
    lu.assertEquals(written "3.6", ("Exception ignored in: <%s>\noops\n"):format(where))
    lu.assertEquals(written "3.13", ("Exception ignored in: <%s>\noops\n"):format(where))
    lu.assertEquals(written "3.14", ("Exception ignored while calling %s <%s>:\noops\n"):format(kind, where))
  end
end

function TestDifferences:test_getrefcount_of_a_name_of_the_frame()
  local code = [[
    g = list{}
    local in_frame, other
    frame(function() x = list{} in_frame = sys.getrefcount(x) other = sys.getrefcount(g) end)
    return sys.getrefcount(g), in_frame, other]]
  lu.assertEquals(with({ frame_names_lent = false }, code), { 2, 2, 2, n = 3 })
  lu.assertEquals(with({ frame_names_lent = true }, code), { 2, 1, 2, n = 3 })
end

function TestDifferences:test_getobjects_with_and_without_what_is_built_in()
  local code = [[
    t, e, c, x = tuple{}, str "", str "c", list{}
    local function has(y) for _, o in ipairs(sys.getobjects(0)) do if is(o, y) then return true end end end
    return has(int(5)), has(t), has(e), has(c), has(x), has(None), has(int(257))]]
  local with_pools = with({ refchain_has_pools = true }, code)
  lu.assertEquals({ table.unpack(with_pools, 1, 6) }, { true, true, true, true, true, true })
  local without = with({ refchain_has_pools = false }, code)
  lu.assertEquals({ without[1], without[2], without[3], without[4], without[5], without[6] },
                  { nil, nil, nil, nil, true, true })
end

function TestDifferences:test_getobjects_of_what_is_no_type_is_empty()
  lu.assertEquals(with({}, "x = list{} return #sys.getobjects(0, int(5)), #sys.getobjects(-1)"), { 0, 0, n = 2 })
  lu.assertTrue(with({ refchain_is_table = true }, "x = list{} return #sys.getobjects(-1)")[1] > 200)
end

function TestDifferences:test_calls_without_an_argument()
  lu.assertEquals(with({}, [[
    return repr(int()), repr(float()), repr(str()), repr(bool()), repr(list()), repr(tuple()), repr(set()),
           repr(frozenset()), repr(dict())]]),
    { "0", "0.0", "''", "False", "[]", "()", "set()", "frozenset()", "{}", n = 9 })
  lu.assertTrue(with({}, "return is(int(), int(0)) and is(bool(), False) and is(str(), str '')")[1])
end

lab.finish()
