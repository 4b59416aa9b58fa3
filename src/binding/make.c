/* The making words, and classes. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------- Lua's sequences -- */

/* The objects of a Lua sequence, each an operand. */
typedef struct items {
    rc_object **objects;
    size_t count;
} items;

static bool is_display(lua_State *L)
{
    return lua_type(L, 1) == LUA_TTABLE;
}

/* Check that the table at `table` has the keys 1 … n and no others; n. */
static lua_Integer check_sequence(lua_State *L, bind_lab *lab, int table)
{
    lua_Integer size, found = 0;

    lua_pushnil(L);
    if (!lua_next(L, table))
        return 0;
    lua_pop(L, 2);
    size = (lua_Integer)lua_rawlen(L, table);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (!lua_isinteger(L, -1))
            bind_fail(L, lab, RC_TYPE_ERROR, "items have no names; got a value under a key of its own");
        lua_Integer key = lua_tointeger(L, -1);
        if (key < 1 || key > size)
            bind_fail(L, lab, RC_TYPE_ERROR, "there is a hole before item %lld; write None",
                      (long long)key);
        found++;
    }
    for (lua_Integer i = 1; found < size && i <= size; i++) {
        if (lua_rawgeti(L, table, i) == LUA_TNIL)
            bind_fail(L, lab, RC_TYPE_ERROR, "item %lld is nil, a hole; write None", (long long)i);
        lua_pop(L, 1);
    }
    return size;
}

/* Convert the items of the table at `table`; the array is left on the stack. */
static items convert_items(lua_State *L, bind_lab *lab, int table)
{
    lua_Integer size = check_sequence(L, lab, table);

    if (size == 0)
        return (items) { NULL, 0 };
    rc_object **objects = lua_newuserdatauv(L, (size_t)size * sizeof *objects, 0);
    for (lua_Integer i = 0; i < size; i++) {
        lua_rawgeti(L, table, i + 1);
        objects[i] = bind_convert(L, lab, -1);
        lua_pop(L, 1);
    }
    return (items) { objects, (size_t)size };
}

/* A container's word: a display of a Lua table, else a call of the type. */
static int make_container(lua_State *L, bind_lab *lab, const char *line,
                          rc_object *(*display)(rc_heap *, rc_object *const *, size_t),
                          rc_object *(*call)(rc_heap *, rc_object *))
{
    rc_heap *heap = lab->heap;

    if (is_display(L)) {
        items given = convert_items(L, lab, 1);
        bind_handle *handle = bind_new_handle(L, lab);
        BIND_TELL(lab, rc_record, line, given.objects, given.count);
        return bind_return(L, lab, handle, display(heap, given.objects, given.count));
    }
    rc_object *x = lua_gettop(L) == 0 ? NULL : bind_convert(L, lab, 1);
    bind_handle *handle = bind_new_handle(L, lab);
    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_call(lab, x);
    rc_object *made = call(heap, x);
    if (RC_UNLIKELY(lab->recorder != NULL))
        bind_record_called(lab, x, made);
    return bind_return(L, lab, handle, made);
}

static int make_list(lua_State *L, bind_lab *lab)
{
    return make_container(L, lab, "list %t%l", rc_list_display, rc_list_call);
}

static bool is_empty_display(lua_State *L)
{
    if (lua_gettop(L) != 1 || !is_display(L))
        return false;
    lua_pushnil(L);
    if (!lua_next(L, 1))
        return true;
    lua_settop(L, 1);
    return false;
}

/* Whether an empty list is made and its handle pushed. */
static inline bool made_at_once(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = bind_start_at_once(L, lab);

    return RC_LIKELY(handle)
           && bind_finish_at_once(L, lab, handle, rc_list_display(lab->heap, NULL, 0));
}

/* list{} */
BIND_APART static int make_empty_list(lua_State *L, bind_lab *lab)
{
    return is_empty_display(L) && made_at_once(L, lab) ? 1 : bind_call_word(L);
}

BIND_SHORT_WAY(empty_list, make_empty_list);

/* `list{}` as shortcuts.lua has it.  It returns nothing when the word may
 * be another one, or has more to do. */
BIND_APART static int make_list_or_nothing(lua_State *L, bind_lab *lab)
{
    return RC_LIKELY(bind_is_quiet(lab) && lab->scope == &lab->scenario
                     && lab->scenario.shadowing == 0)
           && made_at_once(L, lab);
}

BIND_SHORT_WAY(list_or_nothing, make_list_or_nothing);

static rc_object *call_tuple(rc_heap *heap, rc_object *x)
{
    return x ? rc_tuple_call(heap, x) : rc_tuple_new(heap, NULL, 0);
}

static int make_tuple(lua_State *L, bind_lab *lab)
{
    return make_container(L, lab, "tuple %t%l", rc_tuple_new, call_tuple);
}

static int make_set(lua_State *L, bind_lab *lab)
{
    return make_container(L, lab, "set %t%l", rc_set_new, rc_set_call);
}

static int make_frozenset(lua_State *L, bind_lab *lab)
{
    BIND_TELL(lab, rc_recorder_refuse, "a heap trace has no frozensets");
    return make_container(L, lab, "", rc_frozenset_new, rc_frozenset_call);
}

/* ------------------------------------------------------- tables with string keys -- */

typedef struct named {
    const char *name;
    size_t size;
} named;

static int compare_names(const void *a, const void *b)
{
    const named *x = a, *y = b;
    size_t shorter = x->size < y->size ? x->size : y->size;
    int order = memcmp(x->name, y->name, shorter);

    return order ? order : x->size < y->size ? -1 : x->size > y->size;
}

/* Key and value, in turn, of the table at `table`, in sorted order of key, as operands.
 * `name` makes the object for a key.  The array is left on the stack. */
static items convert_named(lua_State *L, bind_lab *lab, int table,
                           rc_object *(*name)(rc_heap *, const char *, size_t))
{
    bool are_keys = name == rc_str_new;
    size_t count = 0, i = 0;

    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            bind_fail(L, lab, RC_TYPE_ERROR,
                      "expected names for all values, as in {a = 1}; got the key %s",
                      bind_describe(L, -1));
        count++;
    }
    if (count == 0)
        return (items) { NULL, 0 };
    named *names = lua_newuserdatauv(L, count * sizeof *names, 0);
    rc_object **objects = lua_newuserdatauv(L, 2 * count * sizeof *objects, 0);
    lua_pushnil(L);
    while (lua_next(L, table) && i < count) {
        lua_pop(L, 1);
        names[i].name = lua_tolstring(L, -1, &names[i].size);
        i++;
    }
    qsort(names, count, sizeof *names, compare_names);
    for (i = 0; i < count; i++) {
        objects[2 * i] = bind_operand(L, lab, name(lab->heap, names[i].name, names[i].size));
        if (are_keys)
            BIND_TELL(lab, rc_record_value, objects[2 * i]);
        lua_pushlstring(L, names[i].name, names[i].size);
        lua_rawget(L, table);
        objects[2 * i + 1] = bind_convert(L, lab, -1);
        lua_pop(L, 1);
    }
    return (items) { objects, count };
}

/* {{k, v}, …} */
static items convert_pairs(lua_State *L, bind_lab *lab, int table)
{
    lua_Integer size = check_sequence(L, lab, table);
    rc_object **objects = lua_newuserdatauv(L, (size_t)size * 2 * sizeof *objects, 0);

    for (lua_Integer i = 0; i < size; i++) {
        lua_rawgeti(L, table, i + 1);
        int pair = lua_gettop(L);
        if (!lua_istable(L, pair) || check_sequence(L, lab, pair) != 2)
            bind_fail(L, lab, RC_TYPE_ERROR, "item %lld is no pair; write dict{{k, v}, \xE2\x80\xA6}",
                      (long long)i + 1);
        for (int part = 0; part < 2; part++) {
            lua_rawgeti(L, pair, part + 1);
            objects[2 * i + part] = bind_convert(L, lab, -1);
        }
        lua_settop(L, pair - 1);
    }
    return (items) { objects, (size_t)size };
}

static int make_dict(lua_State *L, bind_lab *lab)
{
    rc_heap *heap = lab->heap;

    if (!is_display(L)) {
        rc_object *x = lua_gettop(L) == 0 ? NULL : bind_convert(L, lab, 1);
        bind_handle *handle = bind_new_handle(L, lab);
        if (RC_UNLIKELY(lab->recorder != NULL))
            bind_record_call(lab, x);
        return bind_return(L, lab, handle, rc_dict_call(heap, x));
    }
    items pairs = lua_rawlen(L, 1) > 0 ? convert_pairs(L, lab, 1)
                                       : convert_named(L, lab, 1, rc_str_new);
    bind_handle *handle = bind_new_handle(L, lab);
    BIND_TELL(lab, rc_record, "dict %t%l", pairs.objects, 2 * pairs.count);
    return bind_return(L, lab, handle, pairs.count ? rc_dict_display(heap, pairs.objects, pairs.count)
                                                   : rc_dict_new(heap));
}

/* ------------------------------------------------------------------------ atoms -- */

static int make_int(lua_State *L, bind_lab *lab)
{
    if (lua_gettop(L) == 0 || lua_isinteger(L, 1)) {
        lua_Integer value = lua_gettop(L) == 0 ? 0 : lua_tointeger(L, 1);
        bind_handle *handle = bind_new_handle(L, lab);
        return bind_return(L, lab, handle, rc_int_new(lab->heap, value));
    }
    rc_object *x = bind_convert(L, lab, 1);
    bind_handle *handle = bind_new_handle(L, lab);
    return bind_return(L, lab, handle, rc_int_from(lab->heap, x));
}

static int make_float(lua_State *L, bind_lab *lab)
{
    if (lua_gettop(L) == 0 || lua_type(L, 1) == LUA_TNUMBER) {
        double value = lua_gettop(L) == 0 ? 0 : lua_tonumber(L, 1);
        bind_handle *handle = bind_new_handle(L, lab);
        return bind_return(L, lab, handle, rc_float_new(lab->heap, value));
    }
    rc_object *x = bind_convert(L, lab, 1);
    bind_handle *handle = bind_new_handle(L, lab);
    return bind_return(L, lab, handle, rc_float_from(lab->heap, x));
}

static int make_bool(lua_State *L, bind_lab *lab)
{
    bool truth = lua_gettop(L) > 0 && rc_truth(bind_convert(L, lab, 1));

    bind_push(L, lab, rc_bool(lab->heap, truth));
    return 1;
}

static int make_str(lua_State *L, bind_lab *lab)
{
    size_t size = 0;

    if (lua_gettop(L) == 0 || lua_type(L, 1) == LUA_TSTRING) {
        const char *text = lua_gettop(L) == 0 ? "" : lua_tolstring(L, 1, &size);
        bind_handle *handle = bind_new_handle(L, lab);
        return bind_return(L, lab, handle, rc_str_new(lab->heap, text, size));
    }
    rc_object *x = bind_convert(L, lab, 1);
    bind_handle *handle = bind_new_handle(L, lab);
    return bind_return(L, lab, handle, rc_str_from(lab->heap, x));
}

static int make_constant(lua_State *L, bind_lab *lab)
{
    size_t size;

    if (lua_type(L, 1) != LUA_TSTRING) {
        if (bind_test(L, 1))
            return bind_fail(L, lab, RC_TYPE_ERROR,
                             "a constant is what a literal makes: write a Lua number, string or boolean");
        rc_object *x = bind_convert(L, lab, 1);
        bind_handle *handle = bind_new_handle(L, lab);
        rc_hold(lab->heap, x, RC_FOR_TEMPORARY, NULL);
        return bind_return(L, lab, handle, x);
    }
    bind_handle *handle = bind_new_handle(L, lab);
    const char *text = lua_tolstring(L, 1, &size);
    return bind_return(L, lab, handle, rc_str_constant(lab->heap, text, size));
}

/* ---------------------------------------------------------------------- classes -- */

/* A class: a Lua userdata that is kept as long as the lab. */
typedef struct class_context {
    bind_lab *lab;
    rc_class *class;
    struct class_context *next;         /* all of the lab's */
    int finalizer;                      /* in BIND_FUNCTIONS; LUA_NOREF: none */
} class_context;

static void finalize_body(lua_State *L, bind_lab *lab, void *context)
{
    rc_object *self = context;
    class_context *class = rc_class_context(rc_instance_class(self));

    lua_rawgeti(L, 1, BIND_FUNCTIONS);
    lua_rawgeti(L, -1, class->finalizer);
    bind_push(L, lab, self);
    bind_call(L, lab, 1);
}

static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    class_context *class = context;
    int64_t birth = rc_birth(heap, self);
    rc_recorder *recorder = class->lab->recorder;
    rc_object *outer = recorder ? rc_recorder_enter(recorder, self) : NULL;

    if (!bind_callback(class->lab, finalize_body, self))
        bind_ignored(class->lab, RC_SAYS_IGNORED_FINALIZER, "finalizer of %s #%lld",
                     rc_class_name(class->class), (long long)birth);
    if (recorder)
        rc_recorder_leave(recorder, outer);
}

rc_class *bind_test_class(lua_State *L, bind_lab *lab, int arg)
{
    class_context *class = lua_touserdata(L, arg);

    if (!class || lua_rawlen(L, arg) != sizeof *class || !lua_getmetatable(L, arg))
        return NULL;
    lua_rawgeti(L, lab->running.anchors, BIND_CLASS_METATABLE);
    bool is_class = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_class ? class->class : NULL;
}

/* Whether instances of some class can have this type name. */
bool bind_has_class(const bind_lab *lab, const char *name)
{
    for (const class_context *class = lab->class_list; class; class = class->next)
        if (strcmp(rc_class_name(class->class), name) == 0)
            return true;
    return false;
}

/* Make an instance of `class` with the attributes of the table at `arg` (maybe none). */
static int make_instance(lua_State *L, bind_lab *lab, rc_class *class, bool finalizer, int arg)
{
    rc_heap *heap = lab->heap;
    items attributes = { NULL, 0 };

    if (lua_istable(L, arg))
        attributes = convert_named(L, lab, arg, rc_str_intern_text);
    else if (!lua_isnoneornil(L, arg))
        return bind_fail(L, lab, RC_TYPE_ERROR, "attributes are given as a Lua table: %s{name = value}",
                         rc_class_name(class));
    bind_handle *handle = bind_new_handle(L, lab);
    for (size_t i = 0; i < attributes.count; i++)       /* they are held while it is made */
        BIND_TELL(lab, rc_record_fetch, attributes.objects[2 * i + 1]);
    BIND_TELL(lab, rc_record_instance, class, finalizer);
    bind_return(L, lab, handle, rc_instance_new(heap, class));
    for (size_t i = 0; i < attributes.count; i++) {
        BIND_TELL(lab, rc_record, "setattr %o %n %o", handle->object, attributes.objects[2 * i],
                  attributes.objects[2 * i + 1]);
        if (!rc_instance_set(heap, handle->object, attributes.objects[2 * i],
                             attributes.objects[2 * i + 1])) {
            rc_error error = *rc_heap_error(heap);
            bind_temporary *half = bind_find_temporary(lab, handle->object);
            rc_object *object = half ? half->object : NULL;
            if (half) {
                bind_forget_temporary(lab, half);
                BIND_TELL(lab, rc_record_failed, error.kind);
                BIND_TELL(lab, rc_record_drop, object, NULL);
                rc_release(heap, object, RC_FOR_TEMPORARY, NULL);
            }
            rc_raise(heap, error.kind, "%s", error.message);
            return bind_raise(L, lab);
        }
        BIND_TELL(lab, rc_record_attribute, handle->object, attributes.objects[2 * i]);
    }
    return 1;
}

static int call_class(lua_State *L, bind_lab *lab)
{
    rc_class *class = bind_test_class(L, lab, 1);

    if (!class)
        return bind_fail(L, lab, RC_TYPE_ERROR, "the class belongs to another heap");
    const class_context *context = lua_touserdata(L, 1);
    return make_instance(L, lab, class, context->finalizer != LUA_NOREF, 2);
}

static int show_class(lua_State *L, bind_lab *lab)
{
    rc_class *class = bind_test_class(L, lab, 1);

    lua_pushfstring(L, "<class %s>", class ? rc_class_name(class) : "?");
    return 1;
}

static int make_object(lua_State *L, bind_lab *lab)
{
    if (!lab->object_class) {
        lab->object_class = rc_class_new(lab->heap, "object", NULL, NULL);
        if (!lab->object_class)
            return bind_raise(L, lab);
    }
    return make_instance(L, lab, lab->object_class, false, 1);
}

/* Check the body of a class, the table at 2; leaves its finalizer or nil on the stack. */
static void check_body(lua_State *L, bind_lab *lab)
{
    if (!lua_istable(L, 2))
        bind_fail(L, lab, RC_TYPE_ERROR,
                  "a class's body is a Lua table, as {__del__ = function(self) end}");
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), "__del__") != 0)
            bind_fail(L, lab, RC_TYPE_ERROR,
                      "a class's body may have __del__ only; attributes belong to instances");
    }
    if (lua_getfield(L, 2, "__del__") != LUA_TNIL && !lua_isfunction(L, -1))
        bind_fail(L, lab, RC_TYPE_ERROR, "__del__ must be a Lua function, got %s", bind_describe(L, -1));
}

static void check_class_name(lua_State *L, bind_lab *lab)
{
    size_t size;
    const char *name = lua_tolstring(L, 1, &size);

    if (size == 0 || memchr(name, '\0', size))
        bind_fail(L, lab, RC_VALUE_ERROR, "a class's name is not empty and has no NUL in it");
}

/* class(name[, {__del__ = f}]) */
static int make_class(lua_State *L, bind_lab *lab)
{
    int anchors = lab->running.anchors;

    if (lua_type(L, 1) != LUA_TSTRING)
        return bind_fail(L, lab, RC_TYPE_ERROR, "a class needs a name: class(\"Node\")");
    check_class_name(L, lab);
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_pushnil(L);
        lua_pushnil(L);
    } else
        check_body(L, lab);             /* 3: the finalizer */

    class_context *class = lua_newuserdatauv(L, sizeof *class, 0);
    *class = (class_context) { .lab = lab, .finalizer = LUA_NOREF };
    lua_rawgeti(L, anchors, BIND_CLASS_METATABLE);
    lua_setmetatable(L, -2);
    lua_rawgeti(L, anchors, BIND_FUNCTIONS);
    lua_pushvalue(L, 4);
    luaL_ref(L, -2);                    /* the heap calls it as long as it is open */
    if (!lua_isnil(L, 3)) {
        lua_pushvalue(L, 3);
        class->finalizer = luaL_ref(L, -2);
    }
    lua_settop(L, 4);
    class->class = rc_class_new(lab->heap, lua_tostring(L, 1),
                                class->finalizer == LUA_NOREF ? NULL : finalize, class);
    if (!class->class)
        return bind_raise(L, lab);
    class->next = lab->class_list;
    lab->class_list = class;
    return 1;
}

void bind_open_classes(lua_State *L, int lab, int anchors)
{
    static const bind_word words[] = {
        { "__call", "class call", call_class, 1, 2, 0, "Class{name = value}" },
        { "__tostring", "tostring", show_class, 1, BIND_ANY, 0, "tostring(class)" },
        { NULL }
    };
    lua_newtable(L);
    bind_set_words(L, lab, anchors, words);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "class");
    lua_setfield(L, -2, "__name");
    lua_rawseti(L, anchors, BIND_CLASS_METATABLE);
}

static const bind_word make_words[] = {
    { "int", "int", make_int, 0, 1, 0, "int([n])" },
    { "float", "float", make_float, 0, 1, 0, "float([x])" },
    { "bool", "bool", make_bool, 0, 1, 0, "bool([x])" },
    { "str", "str", make_str, 0, 1, 0, "str([s])" },
    { "constant", "constant", make_constant, 1, 1, 0, "constant(x)" },
    { "list", "list", make_list, 0, 1, 0, "list{\xE2\x80\xA6}, list() or list(x)" },
    { "tuple", "tuple", make_tuple, 0, 1, 0, "tuple{\xE2\x80\xA6}, tuple() or tuple(x)" },
    { "set", "set", make_set, 0, 1, 0, "set{\xE2\x80\xA6}, set() or set(x)" },
    { "frozenset", "frozenset", make_frozenset, 0, 1, 0,
      "frozenset{\xE2\x80\xA6}, frozenset() or frozenset(x)" },
    { "dict", "dict", make_dict, 0, 1, 0, "dict{k = v}, dict{{k, v}, \xE2\x80\xA6}, dict() or dict(x)" },
    { "object", "object", make_object, 0, 1, 0, "object{name = value}" },
    { "class", "class", make_class, 1, 2, 0, "class(name, {__del__ = function(self) end})" },
    { NULL }
};

/* Put them into the table on top of the stack. */
void bind_set_make_words(lua_State *L, int lab, int anchors)
{
    bind_set_words(L, lab, anchors, make_words);
    lua_rawgeti(L, anchors, BIND_METATABLES + RC_LIST);
    bind_set_at_once(L, lab, anchors, make_words, "list", &empty_list);
}

/* lab:empty_list() */
int bind_push_empty_list(lua_State *L, bind_lab *lab)
{
    int anchors = lab->running.anchors;

    lua_rawgeti(L, anchors, BIND_METATABLES + RC_LIST);
    bind_push_at_once(L, 1, anchors, make_words, "list", &list_or_nothing);
    return 1;
}
