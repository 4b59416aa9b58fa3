/* Python names, and the frames that have their own.
 *
 * The environment is an empty table, or for chunks that do not name it a userdata.  Reads
 * go to a table behind its __index and never call C; a frame's table stands before the
 * scenario's, that before the words.  The words are in the scenario's table too, so that
 * they are found as fast as names: when a name is deleted, the word that it shadowed is put
 * back.  Every assignment calls store_name.  A heap object under a string key is a name: it
 * has an entry in the scope's array, which owns one reference and keeps the order. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- a scope -- */

static uint32_t bucket(const bind_scope *scope, const void *key)
{
    return (uint32_t)(((uintptr_t)key >> 4) * 0x9E3779B97F4A7C15u >> 40) & (scope->room - 1);
}

/* Any Lua value's address will do: names keep their strings, so it finds nothing else. */
static bind_name *find_name(const bind_scope *scope, const void *key)
{
    if (!scope->names)
        return NULL;
    for (uint32_t i = scope->buckets[bucket(scope, key)]; i != 0; i = scope->names[i].chain)
        if (scope->names[i].key == key)
            return &scope->names[i];
    return NULL;
}

/* Make it the last in order. */
static void link_name(bind_scope *scope, bind_name *name)
{
    bind_name *names = scope->names;
    uint32_t index = (uint32_t)(name - names), last = names[0].prev;

    name->bound = true;
    name->prev = last;
    name->next = 0;
    names[last].next = names[0].prev = index;
    scope->bound++;
    scope->shadowing += name->shadows;
}

static void unlink_name(bind_scope *scope, bind_name *name)
{
    bind_name *names = scope->names;

    name->bound = false;
    names[name->prev].next = name->next;
    names[name->next].prev = name->prev;
    scope->bound--;
    scope->shadowing -= name->shadows;
}

static void mark_bound(bind_scope *scope, bind_name *name, bool bound)
{
    if (name->bound == bound)
        return;
    if (bound)
        link_name(scope, name);
    else
        unlink_name(scope, name);
}

static bind_name *add_name(bind_scope *scope, const void *key, const char *text, size_t size)
{
    uint32_t index = scope->count++, *first = &scope->buckets[bucket(scope, key)];

    scope->names[index] = (bind_name) {
        .key = key, .text = text, .size = (uint32_t)size, .chain = *first
    };
    *first = index;
    return &scope->names[index];
}

/* Drop what is no name any more, and double the room if that is little. */
static bool renew_names(bind_scope *scope)
{
    uint32_t room = scope->room ? scope->room : 16;

    if (2 * scope->bound >= room)
        room *= 2;
    bind_scope fresh = *scope;
    fresh.names = calloc(room, sizeof *fresh.names);
    fresh.buckets = calloc(room, sizeof *fresh.buckets);
    if (!fresh.names || !fresh.buckets) {
        free(fresh.names);
        free(fresh.buckets);
        return false;
    }
    fresh.room = room;
    fresh.count = 1;
    fresh.bound = fresh.shadowing = 0;
    for (const bind_name *old = NULL; (old = bind_next_name(scope, old)) != NULL;) {
        bind_name *name = add_name(&fresh, old->key, old->text, old->size);
        name->object = old->object;
        name->shadows = old->shadows;
        link_name(&fresh, name);
    }
    bind_scope_close(scope);
    *scope = fresh;
    return true;
}

void bind_scope_close(bind_scope *scope)
{
    free(scope->names);
    free(scope->buckets);
    scope->names = NULL;
    scope->buckets = NULL;
    scope->count = scope->room = scope->bound = scope->shadowing = 0;
}

/* Whether a name of the running frame is bound to the object. */
bool bind_is_frame_name(const bind_lab *lab, const rc_object *object)
{
    const bind_scope *scope = lab->scope;

    for (const bind_name *name = NULL; scope->below && (name = bind_next_name(scope, name)) != NULL;)
        if (name->object == object)
            return true;
    return false;
}

/* ---------------------------------------------------------------- the Lua tables -- */

static void push_anchored(lua_State *L, bind_lab *lab, int anchor)
{
    lua_rawgeti(L, lab->running.anchors, BIND_FUNCTIONS);
    lua_rawgeti(L, -1, anchor);
    lua_remove(L, -2);
}

static void push_table(lua_State *L, bind_lab *lab, const bind_scope *scope)
{
    push_anchored(L, lab, scope->anchor);
}

#define LONG_KEY 32                     /* Lua keeps shorter strings once each (up to 40) */

/* Put the string at `arg` in the form that stands for all equal ones; its identity. */
static const void *canonical(lua_State *L, bind_lab *lab, const bind_scope *scope, int arg)
{
    if (RC_UNLIKELY(lua_rawlen(L, arg) >= LONG_KEY)) {
        push_anchored(L, lab, scope->keys);
        lua_pushvalue(L, arg);
        if (lua_rawget(L, -2) != LUA_TNIL) {
            lua_pushvalue(L, -1);
            lua_replace(L, arg);
        }
        lua_pop(L, 2);
    }
    return lua_topointer(L, arg);
}

/* A new table of the scope's keys, with those that it still has. */
static void renew_keys(lua_State *L, bind_lab *lab, const bind_scope *scope)
{
    push_anchored(L, lab, scope->keys);
    lua_newtable(L);
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;) {
        lua_pushlstring(L, name->text, name->size);
        lua_rawget(L, -3);              /* a long string's own form */
        lua_pushvalue(L, -1);
        lua_rawset(L, -3);
    }
    lua_rawgeti(L, lab->running.anchors, BIND_FUNCTIONS);
    lua_insert(L, -2);
    lua_rawseti(L, -2, scope->keys);
    lua_pop(L, 2);
}

/* Push the word called like the string at `key`, which may be nil. */
static void push_word(lua_State *L, bind_lab *lab, int key)
{
    push_table(L, lab, &lab->scenario);
    lua_getmetatable(L, -1);
    lua_rawgeti(L, lab->running.anchors, BIND_INDEX);
    lua_rawget(L, -2);                  /* the words */
    lua_pushvalue(L, key);
    lua_rawget(L, -2);
    lua_replace(L, -4);
    lua_pop(L, 2);
}

/* The name for the string at `arg`, made if need be. */
static bind_name *name_at(lua_State *L, bind_lab *lab, bind_scope *scope, int arg)
{
    size_t size;
    const void *key = canonical(L, lab, scope, arg);
    bind_name *name = find_name(scope, key);

    if (name)
        return name;
    if (scope->count == scope->room) {
        if (!renew_names(scope))
            bind_fail(L, lab, RC_MEMORY_ERROR, "out of memory");
        renew_keys(L, lab, scope);
    }
    push_anchored(L, lab, scope->keys);
    lua_pushvalue(L, arg);
    lua_pushvalue(L, arg);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    push_word(L, lab, arg);
    bool shadows = scope == &lab->scenario && !lua_isnil(L, -1);
    lua_pop(L, 1);
    const char *text = lua_tolstring(L, arg, &size);
    name = add_name(scope, key, text, size);
    name->shadows = shadows;
    return name;
}

/* What the scope's table has under the key at `key` when it is no name. */
static void push_unbound(lua_State *L, bind_lab *lab, const bind_name *name, int key)
{
    if (name->shadows)
        push_word(L, lab, key);
    else
        lua_pushnil(L);
}

/* Let reads go to the table of `scope`, and assignments to it.  Allocates nothing. */
void bind_use_scope(lua_State *L, bind_lab *lab, bind_scope *scope)
{
    lab->scope = scope;
    lua_rawgeti(L, lab->running.anchors, BIND_ENVIRONMENT);
    lua_rawgeti(L, lab->running.anchors, BIND_INDEX);
    push_table(L, lab, scope);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* ------------------------------------------------------------------- assignments -- */

/* The object that an assignment of the value at `value` binds; NULL if it is plain Lua. */
static rc_object *object_to_bind(lua_State *L, bind_lab *lab, int value)
{
    bind_handle *handle = bind_test(L, value);

    if (!handle)
        return NULL;
    if (RC_UNLIKELY(handle->lab != lab))
        bind_fail(L, lab, RC_TYPE_ERROR, "the object belongs to another heap");
    if (RC_UNLIKELY(!rc_watched(lab->heap, handle->watch)))
        bind_raise_dead(L, lab, handle);
    return handle->object;
}

/* The Lua table is up to date: let the name hold `object`, which is `temporary`'s (NULL: no
 * temporary), or nothing but its place in the order (NULL: plain Lua), or be no name any
 * more (`unbinds`).  The name's string must outlive the call.  Raises nothing. */
static void bind_name_to(bind_lab *lab, bind_scope *scope, bind_name *name, rc_object *object,
                         bind_temporary *temporary, bool unbinds)
{
    rc_object *old = name->object;
    const char *text = name->text;

    lab->naming = scope;
    if (temporary) {
        bind_forget_temporary(lab, temporary);
        rc_hand_over(lab->heap, object, RC_FOR_NAME, text);
    } else if (object) {
        rc_hold(lab->heap, object, RC_FOR_NAME, text);
        BIND_TELL(lab, rc_record_hold, object, text, old);
    }
    name->object = object;
    mark_bound(scope, name, !unbinds);
    if (old) {
        lab->running.detail = text;
        BIND_TELL(lab, rc_record_drop, old, text);
        rc_release(lab->heap, old, RC_FOR_NAME, text);
    }
    if (object)
        BIND_TELL(lab, rc_record_name, object, text);
}

/* Assign the value at `value` to the name at `key`, in any scope. */
static void assign(lua_State *L, bind_lab *lab, bind_scope *scope, int key, int value)
{
    rc_object *object = object_to_bind(L, lab, value);
    bind_name *name = name_at(L, lab, scope, key);
    bind_temporary *temporary = NULL;
    bool unbinds = lua_isnil(L, value);

    push_table(L, lab, scope);
    lua_pushvalue(L, key);
    if (unbinds)
        push_unbound(L, lab, name, key);
    else
        lua_pushvalue(L, value);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    if (object && lab->temporaries.live > 0)
        temporary = bind_find_temporary(lab, object);
    bind_name_to(lab, scope, name, object, temporary, unbinds);
}

static const bind_word unbind_word = { .title = "an assignment of nil" };
static const bind_word assign_word = { .title = "an assignment" };

/* A key that is no name: any value is plain Lua.  Upvalue 4: see store_name. */
static int store_other(lua_State *L, bind_lab *lab)
{
    if (lab->heap && lab->scope != &lab->scenario) {
        lua_rawgeti(L, lua_upvalueindex(3), BIND_FUNCTIONS);
        lua_rawgeti(L, -1, lab->scope->anchor);
    } else
        lua_pushvalue(L, lua_upvalueindex(4));
    lua_replace(L, 1);
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 0;
}

/* Whether the assignment (environment, key, value) binds an object, or a name that has one. */
static bool changes_heap(lua_State *L, bind_lab *lab)
{
    const bind_name *name = find_name(lab->scope, canonical(L, lab, lab->scope, 2));

    return bind_test(L, 3) || (name && name->object);
}

BIND_APART static int store_any(lua_State *L, bind_lab *lab)
{
    int results;

    if (lua_type(L, 2) != LUA_TSTRING || !lab->heap)
        return store_other(L, lab);
    if (lab->depth > 0 && bind_run_nested(L, lab, &results))
        return results;
    bool unbinds = lua_isnil(L, 3);
    bind_enter(L, lab, unbinds ? &unbind_word : &assign_word);
    lab->running.act = unbinds ? "%s = nil" : "%s = \xE2\x80\xA6";
    if (RC_UNLIKELY(lab->locked) && changes_heap(L, lab) && bind_is_walked(L, lab))
        return bind_refuse_change(L, lab);
    assign(L, lab, lab->scope, 2, 3);
    bind_leave(L, lab, 0);
    return 0;
}

/* A name of the scenario has `object` now, and a reference to it, or nothing. */
static inline void rebind(bind_lab *lab, bind_name *name, rc_object *object)
{
    rc_object *old = name->object;

    name->object = object;
    mark_bound(&lab->scenario, name, object != NULL);
    if (old)
        rc_release(lab->heap, old, RC_FOR_NAME, name->text);
}

/* Most assignments raise nothing, let nothing die, and nobody is told of them: 290
 * instructions less for `x = list{} x = nil`.  False: nothing is done yet. */
static bool store_at_once(lua_State *L, bind_lab *lab, bind_name *name)
{
    rc_object *object = NULL, *old = name->object;
    bind_handle *handle = bind_test(L, 3);
    bind_temporary *temporary = NULL;

    if (old && old->refcount == 1)
        return false;
    if (handle) {
        if (handle->lab != lab)
            return false;
        temporary = bind_temporary_of(lab, handle);
        if (!temporary
            && (lab->temporaries.live > 0 || !rc_watched(lab->heap, handle->watch)))
            return false;
        object = handle->object;
    } else if (lua_type(L, 3) != LUA_TNIL || name->shadows)
        return false;
    lua_rawset(L, lua_upvalueindex(4));
    if (RC_UNLIKELY(lab->ledger != NULL)) {
        bind_begin_short_way(L, lab);
        lab->naming = &lab->scenario;
    }
    if (temporary) {
        bind_forget_temporary(lab, temporary);
        rc_hand_over(lab->heap, object, RC_FOR_NAME, name->text);
    } else if (object)
        rc_hold(lab->heap, object, RC_FOR_NAME, name->text);
    rebind(lab, name, object);
    return true;
}

/* environment, key, value; upvalue 4 is the table of the scenario's names */
BIND_APART static int store_name(lua_State *L, bind_lab *lab)
{
    if (RC_LIKELY(bind_is_quiet(lab) && lab->scope == &lab->scenario)) {
        bind_name *name = find_name(&lab->scenario, lua_topointer(L, 2));
        if (RC_LIKELY(name && store_at_once(L, lab, name)))
            return 0;
    }
    return store_any(L, bind_lab_of(L));
}

BIND_SHORT_WAY(store, store_name);

/* The name for the string at argument 1, if it is there and would let nothing die, and `list` is
 * the word; else NULL. */
static inline bind_name *name_for_list(lua_State *L, bind_lab *lab)
{
    if (RC_UNLIKELY(!lab || lab->scope != &lab->scenario || lab->scenario.shadowing > 0))
        return NULL;
    bind_name *name = find_name(&lab->scenario, lua_topointer(L, 1));
    return name && name->object && name->object->refcount == 1 ? NULL : name;
}

/* name = list{} for (name): whether it is done.  Upvalue 4 is the metatable of lists, 5 the table
 * of the scenario's names. */
static inline bool name_list(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = name_for_list(L, lab) ? bind_start_for_name(L, lab) : NULL;
    bind_name *name = handle ? name_for_list(L, lab) : NULL;    /* Lua's finalizers may have run */

    if (RC_UNLIKELY(!name))
        return false;
    rc_object *object = rc_list_display(lab->heap, NULL, 0);
    if (RC_UNLIKELY(!bind_finish_for_name(L, lab, handle, object)))
        return false;
    rc_hand_over(lab->heap, object, RC_FOR_NAME, name->text);
    rebind(lab, name, object);
    lua_rawset(L, lua_upvalueindex(5));     /* may raise: the list has its holder */
    return true;
}

BIND_APART static int name_list_or_not(lua_State *L, bind_lab *lab)
{
    lua_pushboolean(L, name_list(L, lab));
    return 1;
}

BIND_SHORT_WAY(name_list_way, name_list_or_not);

/* ------------------------------------------------------------------------- words -- */

/* Whether an argument before the i-th is the same name: there is nothing to delete then. */
static bool is_repeated(lua_State *L, int i)
{
    for (int before = 1; before < i; before++)
        if (lua_rawequal(L, before, i))
            return true;
    return false;
}

/* del(name, …): all or none */
static int del(lua_State *L, bind_lab *lab)
{
    int count = lua_gettop(L);

    for (int i = 1; i <= count; i++) {
        if (lua_type(L, i) != LUA_TSTRING)
            return bind_fail(L, lab, RC_TYPE_ERROR,
                             "del takes names: write del \"v1\", with quotes; got %s",
                             bind_test(L, i) ? "a heap object" : bind_describe(L, i));
        const bind_name *name = find_name(lab->scope, canonical(L, lab, lab->scope, i));
        if (!name || !name->bound || is_repeated(L, i))
            return bind_fail(L, lab, RC_NAME_ERROR, "name '%s' is not defined%s", lua_tostring(L, i),
                             lab->frames ? " in this frame" : "");
    }
    lua_pushnil(L);
    lab->running.act = "del \"%s\"";
    for (int i = 1; i <= count; i++) {
        lab->running.located = false;
        assign(L, lab, lab->scope, i, count + 1);
    }
    return 0;
}

/* outer(name, value): Python's `global` */
static int outer_name(lua_State *L, bind_lab *lab)
{
    if (lua_type(L, 1) != LUA_TSTRING)
        return bind_fail(L, lab, RC_TYPE_ERROR, "write outer(\"name\", value)");
    lab->running.act = "outer(\"%s\", \xE2\x80\xA6)";
    assign(L, lab, &lab->scenario, 1, 2);
    return 0;
}

/* ------------------------------------------------------------------------ frames -- */

/* Release every name in order of binding.  Finalizers may bind others meanwhile. */
void bind_release_names(lua_State *L, bind_lab *lab, bind_scope *scope)
{
    uint32_t most = 2 * scope->bound + 1000;            /* finalizers could go on for ever */

    while (scope->bound > 0 && most > 0) {
        bind_name *name = &scope->names[scope->names[0].next];
        rc_object *object = name->object;
        const char *text = name->text;

        if (object) {                   /* plain Lua stays */
            push_anchored(L, lab, scope->keys);         /* keeps the text alive */
            push_table(L, lab, scope);
            lua_pushlstring(L, text, name->size);
            push_unbound(L, lab, name, lua_gettop(L));
            lua_rawset(L, -3);
            lua_pop(L, 1);
        }
        name->object = NULL;
        unlink_name(scope, name);
        if (!object)
            continue;
        lab->running.detail = text;
        lab->naming = scope;
        BIND_TELL(lab, rc_record_drop, object, text);
        rc_release(lab->heap, object, RC_FOR_NAME, text);
        lab->running.detail = NULL;
        lua_pop(L, 1);
        most--;
    }
}

/* The frame's names may be all that holds a result: its handle takes a reference. */
static void hold_results(lua_State *L, bind_lab *lab, int first)
{
    luaL_checkstack(L, 4, NULL);
    for (int i = lua_gettop(L); i >= first; i--) {
        bind_handle *handle = bind_test(L, i);
        if (!handle || handle->lab != lab || !rc_watched(lab->heap, handle->watch)
            || bind_find_temporary(lab, handle->object))
            continue;
        lua_pushvalue(L, i);
        bind_reserve(L, lab, handle);
        lua_pop(L, 1);
        rc_hold(lab->heap, handle->object, RC_FOR_TEMPORARY, NULL);
        BIND_TELL(lab, rc_record_hold, handle->object, NULL, NULL);
        bind_own(lab, handle, handle->object);
    }
}

/* When the frame's word is done, those that something else holds are no temporaries. */
static void settle_results(lua_State *L, bind_lab *lab, int first)
{
    for (int i = lua_gettop(L); i >= first; i--) {
        bind_handle *handle = bind_test(L, i);
        if (handle && handle->lab == lab && rc_watched(lab->heap, handle->watch)
            && bind_find_temporary(lab, handle->object)
            && !bind_may_store(lab, handle->object))
            return;
    }
}

/* anchors, weak table, lab, function, arguments… -> results */
static int run_frame(lua_State *L)
{
    bind_lab *lab = lua_touserdata(L, 3);

    lua_call(L, lua_gettop(L) - 4, LUA_MULTRET);
    lab->running.L = L;
    lab->running.anchors = 1;
    lab->running.weak = 2;
    lab->running.operands = lab->base;
    lab->running.stores = lab->stores_base;
    hold_results(L, lab, 4);
    return lua_gettop(L) - 3;
}

/* Push a frame's scope, whose table reads the scenario's names. */
static bind_scope *push_scope(lua_State *L, bind_lab *lab)
{
    bind_scope *scope = lua_newuserdatauv(L, sizeof *scope, 0);

    *scope = (bind_scope) { .below = lab->scope, .caller = lab->innermost };
    lua_rawgeti(L, lab->running.anchors, BIND_FUNCTIONS);
    lua_newtable(L);
    scope->keys = luaL_ref(L, -2);
    lua_newtable(L);
    lua_newtable(L);
    push_table(L, lab, &lab->scenario);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    scope->anchor = luaL_ref(L, -2);
    lua_pop(L, 1);
    return scope;
}

static void leave_scope(lua_State *L, bind_lab *lab, bind_scope *scope)
{
    lab->frames--;
    bind_use_scope(L, lab, scope->below);
    lab->running.act = "the end of the frame of %s";
    lab->running.located = false;
    bind_release_names(L, lab, scope);
    lab->innermost = scope->caller;
    bind_scope_close(scope);
    lua_rawgeti(L, lab->running.anchors, BIND_FUNCTIONS);
    luaL_unref(L, -1, scope->anchor);
    luaL_unref(L, -1, scope->keys);
    lua_pop(L, 1);
}

/* frame(f, arguments…): the scope lies below the function while it runs */
static int frame(lua_State *L, bind_lab *lab)
{
    if (!lua_isfunction(L, 1))
        return bind_fail(L, lab, RC_TYPE_ERROR, "write frame(f) with a Lua function; got %s",
                         bind_test(L, 1) ? "a heap object" : bind_describe(L, 1));
    if (lab->frames + lab->callbacks >= BIND_NESTING)
        return bind_fail(L, lab, RC_RECURSION_ERROR, "maximum recursion depth exceeded");
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    bind_scope *scope = push_scope(L, lab);
    lua_insert(L, 1);
    lua_pushcfunction(L, run_frame);
    lua_pushvalue(L, lab->running.anchors);
    lua_pushvalue(L, lab->running.weak);
    lua_pushlightuserdata(L, lab);
    lua_rotate(L, 2, 4);                /* scope, run_frame, anchors, weak, lab, f, arguments… */

    lab->frames++;
    lab->innermost = scope;
    bind_use_scope(L, lab, scope);
    int status = bind_protect(L, lab, lua_gettop(L) - 2, LUA_MULTRET, 0);
    leave_scope(L, lab, scope);
    if (status != LUA_OK)
        return bind_error(L, lab);
    settle_results(L, lab, 2);
    return lua_gettop(L) - 1;
}

const bind_word bind_name_words[] = {
    { "del", "del", del, 1, BIND_ANY, 0, "del(name, \xE2\x80\xA6)" },
    { "outer", "outer", outer_name, 2, 2, 0, "outer(name, value)" },
    { "frame", "frame", frame, 1, BIND_ANY, 0, "frame(f)" },
    { NULL }
};

/* ------------------------------------------------------------------- environment -- */

typedef struct sort_key {
    int rank;                           /* numbers, strings, others */
    lua_Number number;
    const char *text;
    size_t size;
    int index;
} sort_key;

static int compare_keys(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->rank == 0 && x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->rank == 1) {
        size_t shorter = x->size < y->size ? x->size : y->size;
        int order = memcmp(x->text, y->text, shorter);
        return order ? order : x->size < y->size ? -1 : x->size > y->size;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Whether the key on top of the stack, of the scenario's table, is but a word. */
static bool is_word(lua_State *L, bind_lab *lab)
{
    if (lua_type(L, -1) != LUA_TSTRING)
        return false;
    lua_pushvalue(L, -1);
    const bind_name *name = find_name(&lab->scenario,
                                      canonical(L, lab, &lab->scenario, lua_gettop(L)));
    lua_pop(L, 1);
    return !name || (name->shadows && !name->bound);
}

/* Add the keys of the table at `table` that the one at `besides` (0: none, and it is the
 * scenario's) has not. */
static int add_keys(lua_State *L, bind_lab *lab, int table, int besides, int keys, int count)
{
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (!besides && is_word(L, lab))
            continue;
        if (besides) {
            lua_pushvalue(L, -1);
            bool there = lua_rawget(L, besides) != LUA_TNIL;
            lua_pop(L, 1);
            if (there)
                continue;
        }
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, ++count);
    }
    return count;
}

/* Replace the sequence of keys on top of the stack by a sorted one. */
static void sort_keys(lua_State *L, int count)
{
    int keys = lua_gettop(L);
    sort_key *order = lua_newuserdatauv(L, (size_t)(count ? count : 1) * sizeof *order, 0);

    for (int i = 0; i < count; i++) {
        int type = lua_rawgeti(L, keys, i + 1);
        order[i] = (sort_key) { .rank = type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2,
                                .index = i + 1 };
        if (type == LUA_TNUMBER)
            order[i].number = lua_tonumber(L, -1);
        else if (type == LUA_TSTRING)
            order[i].text = lua_tolstring(L, -1, &order[i].size);
        lua_pop(L, 1);
    }
    qsort(order, (size_t)count, sizeof *order, compare_keys);
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_rawgeti(L, keys, order[i].index);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, keys);
    lua_settop(L, keys);
}

/* upvalues: environment, sorted keys, position */
static int next_name(lua_State *L)
{
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(3));

    lua_settop(L, 0);
    while (lua_rawgeti(L, lua_upvalueindex(2), ++position) != LUA_TNIL) {
        lua_pushinteger(L, position);
        lua_replace(L, lua_upvalueindex(3));
        lua_pushvalue(L, -1);
        if (lua_gettable(L, lua_upvalueindex(1)) != LUA_TNIL)
            return 2;
        lua_settop(L, 0);
    }
    return 1;
}

/* __pairs of the environment: its names in order */
static int walk_names(lua_State *L, bind_lab *lab)
{
    lua_settop(L, 1);
    push_table(L, lab, &lab->scenario);
    push_table(L, lab, lab->scope);
    lua_newtable(L);
    int count = add_keys(L, lab, 2, 0, 4, 0);
    if (lab->scope != &lab->scenario)
        count = add_keys(L, lab, 3, 2, 4, count);
    sort_keys(L, count);
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_name, 3);
    lua_pushvalue(L, 1);
    return 2;
}

static const bind_word walk_names_word = { "pairs", "pairs", walk_names, 1, 1, BIND_LOOKS, "pairs(_G)" };

/* lab:environment(words) -> the environment, and a userdata that stands for it as the _ENV of
 * chunks that cannot see it: Lua comes to its metatable without a look into an empty table,
 * which is a twentieth of the time of two lists that refer to each other. */
int bind_open_environment(lua_State *L, bind_lab *lab)
{
    int anchors = lab->running.anchors;

    luaL_checktype(L, 2, LUA_TTABLE);
    if (lab->scenario.anchor)
        return bind_fail(L, lab, RC_RUNTIME_ERROR, "the lab has its environment already");
    lua_settop(L, 2);

    lua_newtable(L);                    /* 3: the names */
    lua_newtable(L);
    lua_pushvalue(L, 2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, 3);
    lua_rawgeti(L, anchors, BIND_FUNCTIONS);
    lua_pushvalue(L, 3);
    lab->scenario.anchor = luaL_ref(L, -2);
    lua_newtable(L);
    lab->scenario.keys = luaL_ref(L, -2);
    lua_pop(L, 1);

    lua_newtable(L);                    /* 4: the environment */
    lua_createtable(L, 0, 32);          /* 5: its metatable, in which few keys share a place */
    lua_pushvalue(L, 3);
    lua_setfield(L, 5, "__index");
    lua_pushvalue(L, 3);
    bind_push_closure(L, 1, anchors, &assign_word, bind_way_for(lab, &store), 1);
    lua_setfield(L, 5, "__newindex");
    bind_push_word(L, 1, anchors, &walk_names_word);
    lua_setfield(L, 5, "__pairs");
    lua_pushboolean(L, 0);
    lua_setfield(L, 5, "__metatable");
    lua_pushvalue(L, 5);
    lua_rawseti(L, anchors, BIND_ENVIRONMENT);
    lua_newuserdatauv(L, 0, 0);         /* 6 */
    lua_pushvalue(L, 5);
    lua_setmetatable(L, 6);
    lua_pushvalue(L, 5);
    lua_setmetatable(L, 4);
    lua_remove(L, 5);
    return 2;
}

/* lab:copy_words(): all are there */
int bind_copy_words(lua_State *L, bind_lab *lab)
{
    lua_settop(L, 1);
    push_table(L, lab, &lab->scenario);                 /* 2 */
    lua_getmetatable(L, 2);
    lua_getfield(L, 3, "__index");                      /* 4: the words */
    lua_pushnil(L);
    while (lua_next(L, 4)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 2);
    }
    return 0;
}

/* lab:name_list() */
int bind_push_name_list(lua_State *L, bind_lab *lab)
{
    int anchors = lab->running.anchors;

    lua_rawgeti(L, anchors, BIND_METATABLES + RC_LIST);
    push_table(L, lab, &lab->scenario);
    bind_push_closure(L, 1, anchors, &assign_word, bind_way_for(lab, &name_list_way), 2);
    return 1;
}

/* lab:names() */
int bind_push_names(lua_State *L, bind_lab *lab)
{
    lua_Integer count = 0;

    lua_newtable(L);
    if (!lab->scenario.anchor)
        return 1;
    push_table(L, lab, &lab->scenario);
    for (const bind_name *name = NULL; (name = bind_next_name(&lab->scenario, name)) != NULL;) {
        if (!name->object)
            continue;
        lua_createtable(L, 0, 2);
        lua_pushlstring(L, name->text, name->size);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "name");
        lua_rawget(L, -3);
        lua_setfield(L, -2, "value");
        lua_rawseti(L, -3, ++count);
    }
    lua_pop(L, 1);
    return 1;
}
