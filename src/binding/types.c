/* What can be done with each type: methods, indexing, operators; and the metatables of
 * handles, one a type. */
#include "binding.h"

#include <string.h>

/* A word that returns nothing when it works. */
static int done(lua_State *L, bind_lab *lab, bool worked)
{
    return worked ? 0 : bind_raise(L, lab);
}

/* A word that returns a number when it works. */
static int push_size(lua_State *L, bind_lab *lab, bool worked, const size_t *size)
{
    if (!worked)
        return bind_raise(L, lab);
    lua_pushinteger(L, (lua_Integer)*size);
    return 1;
}

/* list.extend, dict.update, set.update */
static int extend(lua_State *L, bind_lab *lab,
                  bool (*function)(rc_heap *, rc_object *, rc_object *), rc_object *self, rc_object *x)
{
    size_t size = rc_is(self, &rc_list_type) ? rc_list_size(self) : 0;

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_extend(lab, self, x);
    bool worked = function(lab->heap, self, x);
    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_extended(lab, self, x, size);
    return done(L, lab, worked);
}

/* ------------------------------------------------------------------------- list -- */

static int list_append(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object *item = bind_convert(L, lab, 2);

    BIND_TELL(lab, rc_record, "append %o %o", list, item);
    return done(L, lab, rc_list_append(lab->heap, list, item));
}

/* An append of an object that is no temporary releases nothing and runs nothing: its operands
 * need not be held.  280 instructions less. */
static inline bool appended_at_once(lua_State *L, bind_lab *lab)
{
    bind_handle *list = bind_test(L, 1), *item = bind_test(L, 2);

    if (!list || !item || !bind_is_quiet(lab) || list->type != &rc_list_type
        || !bind_is_alive(lab, list) || !bind_is_alive(lab, item) || lab->temporaries.live > 0
        || lua_gettop(L) != 2)
        return false;
    bind_begin_short_way(L, lab);
    return rc_list_append(lab->heap, list->object, item->object);
}

BIND_APART static int list_append_at_once(lua_State *L, bind_lab *lab)
{
    return RC_LIKELY(appended_at_once(L, lab)) ? 0 : bind_call_word(L);
}

BIND_SHORT_WAY(append_at_once, list_append_at_once);

/* l:append(x) as shortcuts.lua has it: whether it is done. */
BIND_APART static int list_append_or_not(lua_State *L, bind_lab *lab)
{
    lua_pushboolean(L, appended_at_once(L, lab));
    return 1;
}

BIND_SHORT_WAY(append_or_not, list_append_or_not);

static int list_insert(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    int64_t i = bind_position(L, lab, 2);
    rc_object *item = bind_convert(L, lab, 3);

    BIND_TELL(lab, rc_record, "insert %o %i %o", list, i, item);
    return done(L, lab, rc_list_insert(lab->heap, list, i, item));
}

static int list_pop(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    int64_t i = lua_isnoneornil(L, 2) ? -1 : bind_position(L, lab, 2);
    bind_handle *handle = bind_new_handle(L, lab);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_pop(lab, list, i);
    return bind_return(L, lab, handle, rc_list_pop(lab->heap, list, i));
}

static int list_remove(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object *x = bind_convert(L, lab, 2);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_remove(lab, list, x);
    return done(L, lab, rc_list_remove(lab->heap, list, x));
}

static int list_extend(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object *x = bind_convert(L, lab, 2);

    return extend(L, lab, rc_list_extend, list, x);
}

static int list_clear(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);

    BIND_TELL(lab, rc_record, "clear %o", list);
    rc_list_clear(lab->heap, list);
    return 0;
}

static int list_reverse(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object **before = lab->recorder ? bind_record_order(lab, list) : NULL;

    rc_list_reverse(lab->heap, list);
    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_reordered(lab, list, before);
    return 0;
}

static int list_sort(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object **before = lab->recorder ? bind_record_order(lab, list) : NULL;
    bool worked = rc_list_sort(lab->heap, list);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_reordered(lab, list, before);
    return done(L, lab, worked);
}

static int list_copy(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    bind_handle *handle = bind_new_handle(L, lab);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_copy(lab, list);
    return bind_return(L, lab, handle, rc_list_copy(lab->heap, list));
}

static int list_index(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object *x = bind_convert(L, lab, 2);
    size_t index = 0;

    return push_size(L, lab, rc_list_index(lab->heap, list, x, &index), &index);
}

static int list_count(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);
    rc_object *x = bind_convert(L, lab, 2);
    size_t count = 0;

    return push_size(L, lab, rc_list_count(lab->heap, list, x, &count), &count);
}

static int list_delitem(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);

    int64_t i = bind_index(L, lab, 2, &rc_list_type);

    BIND_TELL(lab, rc_record, "delitem %o %i", list, i);
    return done(L, lab, rc_list_delete(lab->heap, list, i));
}

/* l[i], t[i] */
static int get_item(lua_State *L, bind_lab *lab)
{
    rc_object *self = bind_look(L, lab, 1);
    int64_t i = bind_index(L, lab, 2, self->type);
    rc_object *item = rc_is(self, &rc_list_type) ? rc_list_get(lab->heap, self, i)
                                                 : rc_tuple_get(lab->heap, self, i);
    if (!item)
        return bind_raise(L, lab);
    BIND_TELL(lab, rc_record_read, item, self, i);
    bind_push(L, lab, item);
    return 1;
}

/* l[i] = x */
static int list_set_item(lua_State *L, bind_lab *lab)
{
    rc_object *list = bind_check(L, lab, 1, &rc_list_type);

    if (lua_type(L, 2) == LUA_TSTRING)
        return bind_fail_worded(L, lab, RC_ATTRIBUTE_ERROR, RC_SAYS_NO_ATTRIBUTE_TO_SET, "list",
                                lua_tostring(L, 2), NULL);
    int64_t i = bind_index(L, lab, 2, &rc_list_type);
    if (lua_isnil(L, 3))
        return bind_fail(L, lab, RC_TYPE_ERROR, "nil is no item; write l:delitem(i), or None");
    rc_object *item = bind_convert(L, lab, 3);
    BIND_TELL(lab, rc_record, "setitem %o %i %o", list, i, item);
    return done(L, lab, rc_list_set(lab->heap, list, i, item));
}

static const bind_word list_words[] = {
    { "append", "list.append", list_append, 2, 2, BIND_METHOD, "l:append(x)" },
    { "insert", "list.insert", list_insert, 3, 3, BIND_METHOD, "l:insert(i, x)" },
    { "pop", "list.pop", list_pop, 1, 2, BIND_METHOD, "l:pop([i])" },
    { "remove", "list.remove", list_remove, 2, 2, BIND_METHOD, "l:remove(x)" },
    { "extend", "list.extend", list_extend, 2, 2, BIND_METHOD, "l:extend(x)" },
    { "clear", "list.clear", list_clear, 1, 1, BIND_METHOD, "l:clear()" },
    { "reverse", "list.reverse", list_reverse, 1, 1, BIND_METHOD, "l:reverse()" },
    { "sort", "list.sort", list_sort, 1, 1, BIND_METHOD, "l:sort()" },
    { "copy", "list.copy", list_copy, 1, 1, BIND_METHOD, "l:copy()" },
    { "index", "list.index", list_index, 2, 2, BIND_METHOD | BIND_LOOKS, "l:index(x)" },
    { "count", "list.count", list_count, 2, 2, BIND_METHOD | BIND_LOOKS, "l:count(x)" },
    { "delitem", "list.delitem", list_delitem, 2, 2, BIND_METHOD, "l:delitem(i)" },
    { NULL }
};

/* ------------------------------------------------------------------------ tuple -- */

static int tuple_index(lua_State *L, bind_lab *lab)
{
    rc_object *tuple = bind_check(L, lab, 1, &rc_tuple_type);
    rc_object *x = bind_convert(L, lab, 2);
    size_t index = 0;

    return push_size(L, lab, rc_tuple_index(lab->heap, tuple, x, &index), &index);
}

static int tuple_count(lua_State *L, bind_lab *lab)
{
    rc_object *tuple = bind_check(L, lab, 1, &rc_tuple_type);
    rc_object *x = bind_convert(L, lab, 2);
    size_t count = 0;

    return push_size(L, lab, rc_tuple_count(lab->heap, tuple, x, &count), &count);
}

/* contains(x), of every container */
static int contains(lua_State *L, bind_lab *lab)
{
    rc_object *self = bind_look(L, lab, 1);
    rc_object *x = bind_convert(L, lab, 2);
    bool result;

    if (!rc_contains(lab->heap, self, x, &result))
        return bind_raise(L, lab);
    lua_pushboolean(L, result);
    return 1;
}

static const bind_word tuple_words[] = {
    { "index", "tuple.index", tuple_index, 2, 2, BIND_METHOD | BIND_LOOKS, "t:index(x)" },
    { "count", "tuple.count", tuple_count, 2, 2, BIND_METHOD | BIND_LOOKS, "t:count(x)" },
    { NULL }
};

/* ------------------------------------------------------------------------- dict -- */

/* The default at `arg`, or None. */
static int push_default(lua_State *L, bind_lab *lab, int arg)
{
    if (bind_test(L, arg))
        lua_pushvalue(L, arg);
    else if (lua_isnoneornil(L, arg))
        bind_push(L, lab, rc_none(lab->heap));
    else {
        rc_object *object = bind_convert(L, lab, arg);
        bind_handle *handle = bind_new_handle(L, lab);
        rc_hold(lab->heap, object, RC_FOR_TEMPORARY, NULL);
        return bind_return(L, lab, handle, object);
    }
    return 1;
}

static int dict_get(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);
    rc_object *key = bind_convert(L, lab, 2), *value;

    if (!rc_dict_find(lab->heap, dict, key, &value))
        return bind_raise(L, lab);
    if (!value)
        return push_default(L, lab, 3);
    BIND_TELL(lab, rc_record_read, value, dict, -1);
    bind_push(L, lab, value);
    return 1;
}

static int dict_set(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);
    rc_object *key = bind_convert(L, lab, 2);
    rc_object *value = bind_convert(L, lab, 3);

    BIND_TELL(lab, rc_record, "put %o %o %o", dict, key, value);
    return done(L, lab, rc_dict_set(lab->heap, dict, key, value));
}

static int dict_delitem(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);

    rc_object *key = bind_convert(L, lab, 2);

    BIND_TELL(lab, rc_record, "remove %o %o", dict, key);
    return done(L, lab, rc_dict_delete(lab->heap, dict, key));
}

static int dict_pop(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);
    rc_object *key = bind_convert(L, lab, 2), *value;

    if (lua_gettop(L) == 3) {
        if (!rc_dict_find(lab->heap, dict, key, &value))
            return bind_raise(L, lab);
        if (!value)
            return push_default(L, lab, 3);
    }
    bind_handle *handle = bind_new_handle(L, lab);
    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_dict_pop(lab, dict, key);
    return bind_return(L, lab, handle, rc_dict_pop(lab->heap, dict, key));
}

static int dict_popitem(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type), *key, *value;
    bind_handle *key_handle = bind_new_handle(L, lab);
    bind_handle *value_handle = bind_new_handle(L, lab);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_popitem(lab, dict);
    if (!rc_dict_popitem(lab->heap, dict, &key, &value)) {
        bind_unreserve(lab, value_handle);
        bind_unreserve(lab, key_handle);
        return bind_raise(L, lab);
    }
    if (!rc_operand_push(lab->heap, value)) {           /* should the key's handle fail */
        rc_release(lab->heap, key, RC_FOR_TEMPORARY, NULL);
        return bind_raise(L, lab);
    }
    lua_pushvalue(L, -2);
    bind_return(L, lab, key_handle, key);
    lua_replace(L, -3);
    rc_hold(lab->heap, value, RC_FOR_TEMPORARY, NULL);
    bind_return(L, lab, value_handle, value);
    return 2;
}

static int dict_setdefault(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);
    rc_object *key = bind_convert(L, lab, 2);
    rc_object *given = bind_convert(L, lab, 3);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_setdefault(lab, dict, key, given);
    rc_object *value = rc_dict_setdefault(lab->heap, dict, key, given);
    if (!value)
        return bind_raise(L, lab);
    bind_push(L, lab, value);
    return 1;
}

static int dict_update(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);

    return extend(L, lab, rc_dict_update, dict, bind_convert(L, lab, 2));
}

static int dict_clear(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);

    BIND_TELL(lab, rc_record, "clear %o", dict);
    rc_dict_clear(lab->heap, dict);
    return 0;
}

static int dict_copy(lua_State *L, bind_lab *lab)
{
    rc_object *dict = bind_check(L, lab, 1, &rc_dict_type);
    bind_handle *handle = bind_new_handle(L, lab);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_copy(lab, dict);
    return bind_return(L, lab, handle, rc_dict_copy(lab->heap, dict));
}

static const bind_word dict_words[] = {
    { "get", "dict.get", dict_get, 2, 3, BIND_METHOD | BIND_LOOKS, "d:get(k[, default])" },
    { "set", "dict.set", dict_set, 3, 3, BIND_METHOD, "d:set(k, v)" },
    { "delitem", "dict.delitem", dict_delitem, 2, 2, BIND_METHOD, "d:delitem(k)" },
    { "pop", "dict.pop", dict_pop, 2, 3, BIND_METHOD, "d:pop(k[, default])" },
    { "popitem", "dict.popitem", dict_popitem, 1, 1, BIND_METHOD, "d:popitem()" },
    { "setdefault", "dict.setdefault", dict_setdefault, 3, 3, BIND_METHOD, "d:setdefault(k, v)" },
    { "update", "dict.update", dict_update, 2, 2, BIND_METHOD, "d:update(x)" },
    { "clear", "dict.clear", dict_clear, 1, 1, BIND_METHOD, "d:clear()" },
    { "copy", "dict.copy", dict_copy, 1, 1, BIND_METHOD, "d:copy()" },
    { NULL }
};

/* -------------------------------------------------------------------------- set -- */

static int set_add(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_check(L, lab, 1, &rc_set_type);

    rc_object *x = bind_convert(L, lab, 2);

    BIND_TELL(lab, rc_record, "add %o %o", set, x);
    return done(L, lab, rc_set_add(lab->heap, set, x));
}

static int set_discard(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_check(L, lab, 1, &rc_set_type);

    rc_object *x = bind_convert(L, lab, 2);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_discard(lab, set, x);
    return done(L, lab, rc_set_discard(lab->heap, set, x, NULL));
}

static int set_remove(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_check(L, lab, 1, &rc_set_type);

    rc_object *x = bind_convert(L, lab, 2);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_discard(lab, set, x);
    return done(L, lab, rc_set_remove(lab->heap, set, x));
}

static int set_pop(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_check(L, lab, 1, &rc_set_type);
    bind_handle *handle = bind_new_handle(L, lab);

    rc_object *element = rc_set_pop(lab->heap, set);
    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_set_pop(lab, set, element);
    return bind_return(L, lab, handle, element);
}

static int set_update(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_check(L, lab, 1, &rc_set_type);

    return extend(L, lab, rc_set_update, set, bind_convert(L, lab, 2));
}

static int set_clear(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_check(L, lab, 1, &rc_set_type);

    BIND_TELL(lab, rc_record, "clear %o", set);
    rc_set_clear(lab->heap, set);
    return 0;
}

static int set_copy(lua_State *L, bind_lab *lab)
{
    rc_object *set = bind_look(L, lab, 1);

    if (!rc_is(set, &rc_set_type) && !rc_is(set, &rc_frozenset_type))
        return bind_fail(L, lab, RC_TYPE_ERROR, "expected a set, got %s", rc_typename(set));
    bind_handle *handle = bind_new_handle(L, lab);
    if (RC_UNLIKELY(lab->recorder != NULL) && !rc_is(set, &rc_frozenset_type))
        bind_record_copy(lab, set);
    return bind_return(L, lab, handle, rc_set_copy(lab->heap, set));
}

static const bind_word set_words[] = {
    { "add", "set.add", set_add, 2, 2, BIND_METHOD, "s:add(x)" },
    { "discard", "set.discard", set_discard, 2, 2, BIND_METHOD, "s:discard(x)" },
    { "remove", "set.remove", set_remove, 2, 2, BIND_METHOD, "s:remove(x)" },
    { "pop", "set.pop", set_pop, 1, 1, BIND_METHOD, "s:pop()" },
    { "update", "set.update", set_update, 2, 2, BIND_METHOD, "s:update(x)" },
    { "clear", "set.clear", set_clear, 1, 1, BIND_METHOD, "s:clear()" },
    { "copy", "set.copy", set_copy, 1, 1, BIND_METHOD, "s:copy()" },
    { NULL }
};

static const bind_word frozenset_words[] = {
    { "copy", "frozenset.copy", set_copy, 1, 1, BIND_METHOD, "s:copy()" },
    { NULL }
};

static const bind_word no_words[] = { { NULL } };

static const bind_word contains_word = {
    "contains", "contains", contains, 2, 2, BIND_METHOD | BIND_LOOKS, "x:contains(y)"
};

/* -------------------------------------------------------------------- instances -- */

static int no_item_assignment(lua_State *L, bind_lab *lab, const char *type)
{
    return bind_fail(L, lab, RC_TYPE_ERROR, "'%s' object does not support item assignment", type);
}

/* The name in o.name; o[1] is what it is in Python, a subscript. */
static rc_object *attribute_name(lua_State *L, bind_lab *lab, const rc_object *self)
{
    size_t size;

    if (lua_type(L, 2) != LUA_TSTRING && lua_gettop(L) == 3)
        no_item_assignment(L, lab, rc_typename(self));
    if (lua_type(L, 2) != LUA_TSTRING)
        bind_fail_worded(L, lab, RC_TYPE_ERROR, RC_SAYS_NOT_INDEXABLE, rc_typename(self), NULL, NULL);
    const char *text = lua_tolstring(L, 2, &size);
    return bind_operand(L, lab, rc_str_intern_text(lab->heap, text, size));
}

/* The attribute that the Lua string at 2 names, or NULL. */
static rc_object *find_attribute(lua_State *L, rc_object *self)
{
    size_t position = 0, size, wanted;
    const char *text = lua_tolstring(L, 2, &wanted);
    rc_object *name, *value;

    while (text && rc_instance_next(self, &position, &name, &value)) {
        const char *known = rc_str_text(name, &size);
        if (size == wanted && memcmp(known, text, size) == 0)
            return value;
    }
    return NULL;
}

static int get_attribute(lua_State *L, bind_lab *lab)
{
    rc_object *self = bind_check(L, lab, 1, &rc_instance_type);
    rc_object *value = lab->locked ? find_attribute(L, self) : NULL;

    if (!value)                         /* looking for its name makes a str, for a moment */
        value = rc_instance_get(lab->heap, self, attribute_name(L, lab, self));
    if (!value)
        return bind_raise(L, lab);
    BIND_TELL(lab, rc_record_read, value, self, -1);
    bind_push(L, lab, value);
    return 1;
}

static int set_attribute(lua_State *L, bind_lab *lab)
{
    rc_object *self = bind_check(L, lab, 1, &rc_instance_type);
    rc_object *name = attribute_name(L, lab, self);

    if (lua_isnil(L, 3)) {
        BIND_TELL(lab, rc_record, "delattr %o %n", self, name);
        return done(L, lab, rc_instance_delete(lab->heap, self, name));
    }
    rc_object *value = bind_convert(L, lab, 3);
    BIND_TELL(lab, rc_record, "setattr %o %n %o", self, name, value);
    if (!rc_instance_set(lab->heap, self, name, value))
        return bind_raise(L, lab);
    BIND_TELL(lab, rc_record_attribute, self, name);
    return 0;
}

/* ---------------------------------------------------------------- weak reference -- */

/* w() */
static int call_weakref(lua_State *L, bind_lab *lab)
{
    rc_object *weakref = bind_check(L, lab, 1, &rc_weakref_type);
    rc_object *referent = rc_weakref_referent(weakref);

    BIND_TELL(lab, rc_record_look, "alive", weakref, NULL);
    if (referent)
        BIND_TELL(lab, rc_record_read, referent, weakref, -1);
    return bind_push_or_none(L, lab, referent);
}

static const bind_word call_word = {
    "__call", "weakref call", call_weakref, 1, 1,
    BIND_LETS_GO | BIND_METHOD | BIND_LOOKS
        | BIND_SAYS(RC_SAYS_NOTHING, RC_SAYS_NOTHING_TO_CALL_WITH), "w()"
};

/* -------------------------------------------------------------------- operators -- */

static int operate(lua_State *L, bind_lab *lab, rc_operator operator)
{
    rc_object *a = bind_convert(L, lab, 1), *b = bind_convert(L, lab, 2);
    bind_handle *handle = bind_new_handle(L, lab);

    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_operator(lab, operator, a, b);
    return bind_return(L, lab, handle, rc_operate(lab->heap, operator, a, b));
}

static int add(lua_State *L, bind_lab *lab) { return operate(L, lab, RC_ADD); }
static int subtract(lua_State *L, bind_lab *lab) { return operate(L, lab, RC_SUBTRACT); }
static int multiply(lua_State *L, bind_lab *lab) { return operate(L, lab, RC_MULTIPLY); }
static int floor_divide(lua_State *L, bind_lab *lab) { return operate(L, lab, RC_FLOOR_DIVIDE); }
static int true_divide(lua_State *L, bind_lab *lab) { return operate(L, lab, RC_TRUE_DIVIDE); }
static int remainder_of(lua_State *L, bind_lab *lab) { return operate(L, lab, RC_REMAINDER); }

static int concatenate(lua_State *L, bind_lab *lab)
{
    rc_object *a = bind_convert(L, lab, 1), *b = bind_convert(L, lab, 2);
    rc_object *wrong = !rc_is(a, &rc_str_type) ? a : !rc_is(b, &rc_str_type) ? b : NULL;

    if (wrong)
        return bind_fail(L, lab, RC_TYPE_ERROR,
                         "'..' concatenates strings, got %s; write a + b for others",
                         rc_typename(wrong));
    bind_handle *handle = bind_new_handle(L, lab);
    return bind_return(L, lab, handle, rc_operate(lab->heap, RC_ADD, a, b));
}

static int negate(lua_State *L, bind_lab *lab)
{
    rc_object *x = bind_look(L, lab, 1);
    bind_handle *handle = bind_new_handle(L, lab);

    return bind_return(L, lab, handle, rc_negate(lab->heap, x));
}

static int length(lua_State *L, bind_lab *lab)
{
    size_t size = 0;

    rc_object *x = bind_look(L, lab, 1);

    BIND_TELL(lab, rc_record_look, "len", x, NULL);
    return push_size(L, lab, rc_length(lab->heap, x, &size), &size);
}

static int compare(lua_State *L, bind_lab *lab, rc_comparison comparison)
{
    rc_object *a = bind_convert(L, lab, 1), *b = bind_convert(L, lab, 2);
    bool result;

    if (!rc_compare(lab->heap, a, b, comparison, &result))
        return bind_raise(L, lab);
    lua_pushboolean(L, result);
    return 1;
}

static int less(lua_State *L, bind_lab *lab) { return compare(L, lab, RC_LT); }
static int less_or_equal(lua_State *L, bind_lab *lab) { return compare(L, lab, RC_LE); }

static int equal(lua_State *L, bind_lab *lab)
{
    return bind_test(L, 1) && bind_test(L, 2) ? compare(L, lab, RC_EQ) : (lua_pushboolean(L, 0), 1);
}

/* The end of a <close> variable's scope: a temporary dies. */
static int close_handle(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = bind_test(L, 1);

    if (!handle || handle->lab != lab || !rc_watched(lab->heap, handle->watch))
        return 0;
    rc_object *object = handle->object;
    bind_temporary *temporary = bind_find_temporary(lab, object);
    if (temporary) {
        bind_forget_temporary(lab, temporary);
        BIND_TELL(lab, rc_record_drop, object, NULL);
        rc_release(lab->heap, object, RC_FOR_TEMPORARY, NULL);
    }
    return 0;
}

/* Its repr; of a dead one, what it was. */
static int to_string(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = bind_test(L, 1);

    if (handle && (!lab->heap || !rc_watched(lab->heap, handle->watch)))
        lua_pushfstring(L, "<dead %s #%I>", bind_type_of(lab, handle),
                        (LUAI_UACINT)bind_birth(lab, handle));
    else
        bind_push_repr(L, lab, bind_look(L, lab, 1));
    return 1;
}

static const bind_word operator_words[] = {
    { "__add", "a + b", add, 2, 2, 0, "a + b" },
    { "__sub", "a - b", subtract, 2, 2, 0, "a - b" },
    { "__mul", "a * b", multiply, 2, 2, 0, "a * b" },
    { "__idiv", "a // b", floor_divide, 2, 2, 0, "a // b" },
    { "__div", "a / b", true_divide, 2, 2, 0, "a / b" },
    { "__mod", "a % b", remainder_of, 2, 2, 0, "a % b" },
    { "__concat", "a .. b", concatenate, 2, 2, 0, "a .. b" },
    { "__unm", "-a", negate, 1, 2, 0, "-a" },
    { "__len", "#a", length, 1, 2, BIND_LOOKS, "#a" },
    { "__eq", "a == b", equal, 2, 2, BIND_LOOKS, "a == b" },
    { "__lt", "a < b", less, 2, 2, BIND_LOOKS, "a < b" },
    { "__le", "a <= b", less_or_equal, 2, 2, BIND_LOOKS, "a <= b" },
    { "__close", "the end of a scope", close_handle, 1, 2, 0, "local x <close>" },
    { "__tostring", "tostring", to_string, 1, BIND_ANY, BIND_WHEN_CLOSED | BIND_LOOKS, "tostring(x)" },
    { NULL }
};

/* ------------------------------------------------------------------- metatables -- */

/* A key that is no method, for reading or for x.key = y; upvalue 4 is the type.  What is
 * read may come without its object: then Lua asks the table of methods (push_index). */
static int no_attribute(lua_State *L, bind_lab *lab)
{
    const rc_type *type = lua_touserdata(L, lua_upvalueindex(4));
    bool setting = lua_gettop(L) == 3;
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : bind_describe(L, 2);

    if (bind_test(L, 1))
        bind_look(L, lab, 1);           /* a dead one says so */
    if (type == &rc_dict_type)
        return bind_fail(L, lab, RC_TYPE_ERROR,
                         "a dict's keys are no fields (%s): write d:get(k) and d:set(k, v)", key);
    if (lua_type(L, 2) != LUA_TSTRING && setting)
        return no_item_assignment(L, lab, rc_type_name(type));
    if (lua_type(L, 2) != LUA_TSTRING && type == &rc_str_type)
        return bind_fail(L, lab, RC_TYPE_ERROR, "a str has no x[i] here; write iter(s)");
    if (lua_type(L, 2) != LUA_TSTRING)
        return bind_fail_worded(L, lab, RC_TYPE_ERROR,
                                type == &rc_set_type || type == &rc_frozenset_type
                                    ? RC_SAYS_NOT_INDEXABLE : RC_SAYS_NOT_SUBSCRIPTABLE,
                                rc_type_name(type), NULL, NULL);
    if (setting)
        return bind_fail_worded(L, lab, RC_ATTRIBUTE_ERROR, RC_SAYS_NO_ATTRIBUTE_TO_SET,
                                rc_type_name(type), key, NULL);
    return bind_fail(L, lab, RC_ATTRIBUTE_ERROR, "'%s' object has no attribute '%s'",
                     rc_type_name(type), key);
}

static const bind_word no_attribute_word = { "index", "x.name", no_attribute, 2, 3, BIND_LOOKS, "x:method()" };
static const bind_word get_item_word = { "index", "x[i]", get_item, 2, 2, BIND_LOOKS, "x[i]" };
static const bind_word set_item_word = { "newindex", "l[i] = x", list_set_item, 3, 3, 0, "l[i] = x" };
static const bind_word get_attribute_word = { "index", "x.name", get_attribute, 2, 2, BIND_LOOKS, "x.name" };
static const bind_word set_attribute_word = {
    "newindex", "x.name = y", set_attribute, 3, 3, 0, "x.name = y"
};

/* Lists and tuples; upvalue 5 has the methods. */
static int index_sequence(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (RC_LIKELY(lua_rawget(L, lua_upvalueindex(5)) != LUA_TNIL))
        return 1;
    lua_settop(L, 2);
    return bind_run_word(L, bind_lab_of(L),
                         lua_type(L, 2) == LUA_TSTRING ? &no_attribute_word : &get_item_word);
}

/* Push a word's closure whose upvalue 4 is the type. */
static void push_typed(lua_State *L, int lab, int anchors, const bind_word *word, const rc_type *type)
{
    lua_pushlightuserdata(L, (void *)type);
    bind_push_closure(L, lab, anchors, word, bind_call_word, 1);
}

static const bind_word *methods_of(rc_type_index type)
{
    switch (type) {
    case RC_LIST:
        return list_words;
    case RC_TUPLE:
        return tuple_words;
    case RC_DICT:
        return dict_words;
    case RC_SET:
        return set_words;
    case RC_FROZENSET:
        return frozenset_words;
    default:
        return no_words;
    }
}

/* Push __index: the methods with a last resort, or a function. */
static void push_index(lua_State *L, int lab, int anchors, const rc_type *type)
{
    rc_type_index number = rc_type_number(type);

    if (number == RC_INSTANCE) {
        bind_push_word(L, lab, anchors, &get_attribute_word);
        return;
    }
    lua_newtable(L);
    bind_set_words(L, lab, anchors, methods_of(number));
    if (number == RC_LIST) {
        lua_pushnil(L);
        bind_set_at_once(L, lab, anchors, list_words, "append", &append_at_once);
    }
    if (number >= RC_LIST && number <= RC_FROZENSET) {
        bind_push_word(L, lab, anchors, &contains_word);
        lua_setfield(L, -2, "contains");
    }
    if (number == RC_LIST || number == RC_TUPLE) {
        int methods = lua_gettop(L);
        lua_pushlightuserdata(L, (void *)type);
        lua_pushvalue(L, methods);
        bind_push_closure(L, lab, anchors, &get_item_word, index_sequence, 2);
        lua_replace(L, methods);
        return;
    }
    lua_newtable(L);
    push_typed(L, lab, anchors, &no_attribute_word, type);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static void push_newindex(lua_State *L, int lab, int anchors, const rc_type *type)
{
    if (type == &rc_list_type)
        bind_push_word(L, lab, anchors, &set_item_word);
    else if (type == &rc_instance_type)
        bind_push_word(L, lab, anchors, &set_attribute_word);
    else
        push_typed(L, lab, anchors, &no_attribute_word, type);
}

/* Make the handles' metatables, and the handles of the singletons. */
void bind_open_types(lua_State *L, int lab, int anchors)
{
    for (int i = 0; i < RC_TYPES; i++) {
        const rc_type *type = rc_type_at((rc_type_index)i);
        lua_newtable(L);
        bind_set_words(L, lab, anchors, operator_words);
        push_index(L, lab, anchors, type);
        lua_setfield(L, -2, "__index");
        push_newindex(L, lab, anchors, type);
        lua_setfield(L, -2, "__newindex");
        if (type == &rc_weakref_type) {
            bind_push_word(L, lab, anchors, &call_word);
            lua_setfield(L, -2, "__call");
        }
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
        lua_pushstring(L, rc_type_name(type));
        lua_setfield(L, -2, "__name");
        lua_rawseti(L, anchors, BIND_METATABLES + i);
    }
}

/* lab:append_to() */
int bind_push_append_to(lua_State *L, bind_lab *lab)
{
    int anchors = lab->running.anchors;

    lua_pushnil(L);
    bind_push_at_once(L, 1, anchors, list_words, "append", &append_or_not);
    return 1;
}
