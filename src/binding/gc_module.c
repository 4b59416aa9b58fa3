/* The table `gc`: Python's module, with its names, its results and its errors. */
#include "binding.h"

#include <limits.h>
#include <string.h>

/* A C int. */
static int check_int(lua_State *L, bind_lab *lab, int arg)
{
    lua_Integer value = bind_integer(L, lab, arg);

    if (value > INT_MAX || value < INT_MIN)
        bind_fail_worded(L, lab, RC_OVERFLOW_ERROR, value > 0 ? RC_SAYS_ABOVE_INT : RC_SAYS_BELOW_INT,
                         NULL, NULL, NULL);
    return (int)value;
}

/* The same; of a threshold every release says this. */
static int check_threshold(lua_State *L, bind_lab *lab, int arg)
{
    lua_Integer value = bind_integer(L, lab, arg);

    if (value > INT_MAX || value < INT_MIN)
        bind_fail(L, lab, RC_OVERFLOW_ERROR, "signed integer is %s",
                  value > 0 ? "greater than maximum" : "less than minimum");
    return (int)value;
}

/* -------------------------------------------------------------- keyword arguments --
 *
 * Lua's f{name = value} is Python's f(name=value). */

/* The first keyword of the table at 1, pushed with its value; false (nothing pushed): the
 * arguments are given by place. */
static bool push_keyword(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TTABLE)
        return false;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING)
            return true;
        lua_pop(L, 1);
    }
    return false;
}

static void refuse_keywords(lua_State *L, bind_lab *lab, const char *function,
                            const char *with_module)
{
    if (push_keyword(L))
        bind_fail_worded(L, lab, RC_TYPE_ERROR, RC_SAYS_TAKES_NO_KEYWORDS, function, NULL,
                         with_module);
}

/* Put the value of `generation` in the place of the table. */
static void take_generation(lua_State *L, bind_lab *lab, const char *function)
{
    if (!push_keyword(L))
        return;
    lua_settop(L, 1);
    lua_getfield(L, 1, "generation");
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), "generation") != 0)
            bind_fail_worded(L, lab, RC_TYPE_ERROR, RC_SAYS_NO_SUCH_KEYWORD, function,
                             luaL_tolstring(L, -1, NULL), NULL);
    }
    lua_replace(L, 1);
}

/* ------------------------------------------------------------------- collecting -- */

/* Nothing else to tell. */
static void record_counters(bind_lab *lab)
{
    if (RC_UNLIKELY(lab->recorder != NULL))
        rc_record_counters(bind_recorder(lab));
}

bool bind_collect(bind_lab *lab, int64_t generation, size_t *found)
{
    bool collects = !rc_gc_is_collecting(lab->heap);    /* in a callback it does nothing */

    if (collects)
        BIND_TELL(lab, rc_record, "collect %i", generation);
    if (!rc_gc_collect(lab->heap, generation, found))
        return false;
    if (collects)
        BIND_TELL(lab, rc_record_answer, (int64_t)*found);
    record_counters(lab);
    return true;
}

static int gc_collect(lua_State *L, bind_lab *lab)
{
    take_generation(L, lab, "collect");
    int generation = lua_isnoneornil(L, 1) ? RC_OLDEST : check_int(L, lab, 1);
    size_t found = 0;

    if (!bind_collect(lab, generation, &found))
        return bind_raise(L, lab);
    lua_pushinteger(L, (lua_Integer)found);
    return 1;
}

static int gc_enable(lua_State *L, bind_lab *lab)
{
    (void)L;
    BIND_TELL(lab, rc_record, "enable");
    rc_gc_enable(lab->heap);
    return 0;
}

static int gc_disable(lua_State *L, bind_lab *lab)
{
    (void)L;
    BIND_TELL(lab, rc_record, "disable");
    rc_gc_disable(lab->heap);
    return 0;
}

static int gc_isenabled(lua_State *L, bind_lab *lab)
{
    lua_pushboolean(L, rc_gc_is_enabled(lab->heap));
    return 1;
}

static int gc_get_count(lua_State *L, bind_lab *lab)
{
    record_counters(lab);
    for (int i = 0; i < RC_GENERATIONS; i++)
        lua_pushinteger(L, rc_gc_count(lab->heap, i));
    return RC_GENERATIONS;
}

static int gc_get_threshold(lua_State *L, bind_lab *lab)
{
    for (int i = 0; i < RC_GENERATIONS; i++)
        lua_pushinteger(L, rc_gc_threshold(lab->heap, i));
    return RC_GENERATIONS;
}

static int gc_set_threshold(lua_State *L, bind_lab *lab)
{
    bool at_once = rc_heap_profile(lab->heap)->thresholds_at_once.value != 0;
    int values[RC_GENERATIONS], count = lua_gettop(L);

    refuse_keywords(L, lab, "set_threshold", "set_threshold");  /* without its module, always */
    for (int i = 0; i < count; i++) {
        values[i] = check_threshold(L, lab, i + 1);
        if (!at_once)
            rc_gc_set_threshold(lab->heap, i, values[i]);
    }
    for (int i = 0; i < count; i++)
        rc_gc_set_threshold(lab->heap, i, values[i]);
    BIND_TELL(lab, rc_record, "threshold %i %i %i", (int64_t)rc_gc_threshold(lab->heap, 0),
              (int64_t)rc_gc_threshold(lab->heap, 1), (int64_t)rc_gc_threshold(lab->heap, 2));
    return 0;
}

/* Into the table on top of the stack, where the release tells it. */
static void set_timing(lua_State *L, bind_lab *lab, uint64_t candidates, uint64_t nanoseconds)
{
    if (!rc_heap_profile(lab->heap)->timed_collections.value)
        return;
    lua_pushinteger(L, (lua_Integer)candidates);
    lua_setfield(L, -2, "candidates");
    lua_pushnumber(L, (lua_Number)nanoseconds / 1e9);
    lua_setfield(L, -2, "duration");
}

static int gc_get_stats(lua_State *L, bind_lab *lab)
{
    record_counters(lab);
    lua_createtable(L, RC_GENERATIONS, 0);
    for (int i = 0; i < RC_GENERATIONS; i++) {
        rc_gc_stats stats = rc_gc_get_stats(lab->heap, i);
        lua_createtable(L, 0, 3);
        lua_pushinteger(L, (lua_Integer)stats.collections);
        lua_setfield(L, -2, "collections");
        lua_pushinteger(L, (lua_Integer)stats.collected);
        lua_setfield(L, -2, "collected");
        lua_pushinteger(L, (lua_Integer)stats.uncollectable);
        lua_setfield(L, -2, "uncollectable");
        set_timing(L, lab, stats.candidates, stats.nanoseconds);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static int gc_get_debug(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, rc_gc_debug(lab->heap));
    return 1;
}

static int gc_set_debug(lua_State *L, bind_lab *lab)
{
    refuse_keywords(L, lab, "set_debug", "gc.set_debug");
    int flags = check_int(L, lab, 1);

    if (flags & RC_DEBUG_SAVEALL)
        BIND_TELL(lab, rc_recorder_refuse, "a heap trace has no gc.garbage");
    rc_gc_set_debug(lab->heap, flags);
    return 0;
}

/* ---------------------------------------------------------------------- looking -- */

typedef struct taken_objects {
    rc_object **objects;
    size_t count, room;
} taken_objects;

static bool take_object(void *context, rc_object *object)
{
    taken_objects *self = context;

    if (self->count < self->room)
        self->objects[self->count] = object;
    self->count++;
    return true;
}

/* Two walks: the buffer is Lua's, and making it may run a finalizer of Lua's. */
static taken_objects take_objects(lua_State *L, bind_lab *lab, bind_each each, const void *query)
{
    taken_objects self = { NULL, 0, 0 };

    for (;;) {
        self.count = 0;
        each(lab, query, take_object, &self);
        if (self.count <= self.room)
            break;
        self.room = self.count;
        self.objects = lua_newuserdatauv(L, self.room * sizeof *self.objects, 0);
    }
    for (size_t i = 0; i < self.count; i++) {
        rc_hold(lab->heap, self.objects[i], RC_FOR_OPERAND, NULL);
        if (!rc_operand_push(lab->heap, self.objects[i]))
            bind_raise(L, lab);
    }
    return self;
}

int bind_push_objects(lua_State *L, bind_lab *lab, bind_each each, const void *query)
{
    taken_objects taken = take_objects(L, lab, each, query);

    lua_createtable(L, taken.count < INT_MAX ? (int)taken.count : INT_MAX, 0);
    for (size_t i = 0; i < taken.count; i++) {
        bind_push(L, lab, taken.objects[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static void each_of_generation(bind_lab *lab, const void *generation, rc_object_visitor visit,
                               void *context)
{
    rc_gc_each(lab->heap, *(const int *)generation, visit, context);
}

static int gc_get_objects(lua_State *L, bind_lab *lab)
{
    int generation = -1;

    take_generation(L, lab, "get_objects");
    bind_handle *handle = bind_test(L, 1);
    if (!lua_isnoneornil(L, 1) && !(handle && handle->type == &rc_none_type)) {
        if (!lua_isinteger(L, 1) && !lua_isboolean(L, 1)
            && !(handle && (handle->type == &rc_int_type || handle->type == &rc_bool_type)))
            return bind_fail(L, lab, RC_TYPE_ERROR, "argument should be integer or None, not '%s'",
                             bind_python_type(L, lab, 1));
        lua_Integer asked = bind_integer(L, lab, 1);
        if (asked >= RC_GENERATIONS)
            return bind_fail(L, lab, RC_VALUE_ERROR,
                             "generation parameter must be less than the number of available generations (%d)",
                             RC_GENERATIONS);
        if (asked < -1)
            return bind_fail(L, lab, RC_VALUE_ERROR, "generation parameter cannot be negative");
        generation = (int)asked;
    }
    return bind_push_objects(L, lab, each_of_generation, &generation);
}

typedef struct targets {
    rc_object *const *objects;
    size_t count;
} targets;

/* The arguments, as an array on the stack. */
static targets take_arguments(lua_State *L, bind_lab *lab)
{
    int count = lua_gettop(L);
    rc_object **objects = lua_newuserdatauv(L, (size_t)(count ? count : 1) * sizeof *objects, 0);

    for (int i = 0; i < count; i++)
        objects[i] = bind_look(L, lab, i + 1);
    return (targets) { objects, (size_t)count };
}

static void each_referrer(bind_lab *lab, const void *query, rc_object_visitor visit, void *context)
{
    const targets *self = query;
    rc_gc_referrers(lab->heap, self->objects, self->count, visit, context);
}

static int gc_get_referrers(lua_State *L, bind_lab *lab)
{
    targets self = take_arguments(L, lab);
    return bind_push_objects(L, lab, each_referrer, &self);
}

static void each_referent(bind_lab *lab, const void *query, rc_object_visitor visit, void *context)
{
    const targets *self = query;

    for (size_t i = 0; i < self->count; i++)
        rc_gc_referents(lab->heap, self->objects[i], visit, context);
}

static int gc_get_referents(lua_State *L, bind_lab *lab)
{
    targets self = take_arguments(L, lab);
    return bind_push_objects(L, lab, each_referent, &self);
}

static int gc_is_tracked(lua_State *L, bind_lab *lab)
{
    rc_object *object = bind_look(L, lab, 1);

    BIND_TELL(lab, rc_record_look, "tracked", object, NULL);
    lua_pushboolean(L, rc_gc_is_tracked(lab->heap, object));
    return 1;
}

static int gc_is_finalized(lua_State *L, bind_lab *lab)
{
    lua_pushboolean(L, rc_gc_is_finalized(lab->heap, bind_look(L, lab, 1)));
    return 1;
}

static int gc_freeze(lua_State *L, bind_lab *lab)
{
    (void)L;
    BIND_TELL(lab, rc_record, "freeze");
    rc_gc_freeze(lab->heap);
    return 0;
}

static int gc_unfreeze(lua_State *L, bind_lab *lab)
{
    (void)L;
    BIND_TELL(lab, rc_record, "unfreeze");
    rc_gc_unfreeze(lab->heap);
    return 0;
}

static int gc_get_freeze_count(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, (lua_Integer)rc_gc_freeze_count(lab->heap));
    return 1;
}

#define TAKES_NONE (BIND_LETS_GO | BIND_SAYS(RC_SAYS_NOTHING, RC_SAYS_TAKES_NONE))
#define TAKES_ONE (BIND_LETS_GO | BIND_SAYS(RC_SAYS_TAKES_ONE, RC_SAYS_TAKES_ONE))

static const bind_word gc_words[] = {
    { "collect", "gc.collect", gc_collect, 0, 1,
      BIND_LETS_GO | BIND_SAYS(RC_SAYS_NOTHING, RC_SAYS_COLLECTS_ONE), "gc.collect([generation])" },
    { "steps", "gc.steps", bind_steps, 0, 1, BIND_LETS_GO | BIND_LOOKS, "gc.steps([generation])" },
    { "enable", "gc.enable", gc_enable, 0, 0, TAKES_NONE, "gc.enable()" },
    { "disable", "gc.disable", gc_disable, 0, 0, TAKES_NONE, "gc.disable()" },
    { "isenabled", "gc.isenabled", gc_isenabled, 0, 0, TAKES_NONE | BIND_LOOKS, "gc.isenabled()" },
    { "get_count", "gc.get_count", gc_get_count, 0, 0, TAKES_NONE | BIND_LOOKS, "gc.get_count()" },
    { "get_threshold", "gc.get_threshold", gc_get_threshold, 0, 0, TAKES_NONE | BIND_LOOKS, "gc.get_threshold()" },
    { "set_threshold", "gc.set_threshold", gc_set_threshold, 1, 3,
      BIND_LETS_GO | BIND_SAYS(RC_SAYS_THRESHOLDS_TOO_FEW, RC_SAYS_THRESHOLDS_TOO_MANY),
      "gc.set_threshold(threshold0[, threshold1[, threshold2]])" },
    { "get_debug", "gc.get_debug", gc_get_debug, 0, 0, TAKES_NONE | BIND_LOOKS, "gc.get_debug()" },
    { "set_debug", "gc.set_debug", gc_set_debug, 1, 1,
      BIND_LETS_GO | BIND_SAYS(RC_SAYS_TAKES_ONE_FLAG, RC_SAYS_TAKES_ONE_FLAG), "gc.set_debug(flags)" },
    { "get_referrers", "gc.get_referrers", gc_get_referrers, 0, BIND_ANY, BIND_LETS_GO | BIND_LOOKS,
      "gc.get_referrers(x, \xE2\x80\xA6)" },
    { "get_referents", "gc.get_referents", gc_get_referents, 0, BIND_ANY, BIND_LETS_GO | BIND_LOOKS,
      "gc.get_referents(x, \xE2\x80\xA6)" },
    { "is_tracked", "gc.is_tracked", gc_is_tracked, 1, 1, TAKES_ONE | BIND_LOOKS, "gc.is_tracked(x)" },
    { NULL }
};

static const bind_word all_objects_words[] = {
    { "get_objects", "gc.get_objects", gc_get_objects, 0, 0, TAKES_NONE | BIND_LOOKS, "gc.get_objects()" },
    { NULL }
};

static const bind_word generation_objects_words[] = {
    { "get_objects", "gc.get_objects", gc_get_objects, 0, 1,
      BIND_LETS_GO | BIND_LOOKS | BIND_SAYS(RC_SAYS_NOTHING, RC_SAYS_TAKES_AT_MOST_ONE),
      "gc.get_objects([generation])" },
    { NULL }
};

static const bind_word stats_words[] = {
    { "get_stats", "gc.get_stats", gc_get_stats, 0, 0, TAKES_NONE | BIND_LOOKS, "gc.get_stats()" },
    { NULL }
};

static const bind_word finalized_words[] = {
    { "is_finalized", "gc.is_finalized", gc_is_finalized, 1, 1, TAKES_ONE | BIND_LOOKS, "gc.is_finalized(x)" },
    { NULL }
};

static const bind_word freeze_words[] = {
    { "freeze", "gc.freeze", gc_freeze, 0, 0, TAKES_NONE, "gc.freeze()" },
    { "unfreeze", "gc.unfreeze", gc_unfreeze, 0, 0, TAKES_NONE, "gc.unfreeze()" },
    { "get_freeze_count", "gc.get_freeze_count", gc_get_freeze_count, 0, 0, TAKES_NONE | BIND_LOOKS,
      "gc.get_freeze_count()" },
    { NULL }
};

/* ----------------------------------------------------------------- gc.callbacks -- */

typedef struct collection {
    const rc_gc_info *info;
    lua_Integer callback;               /* number of the one to call; 0 when there is none */
} collection;

static void callback_body(lua_State *L, bind_lab *lab, void *context)
{
    collection *self = context;

    lua_rawgeti(L, 1, BIND_GC_CALLBACKS);
    if (lua_rawgeti(L, -1, self->callback) == LUA_TNIL) {
        self->callback = 0;
        return;
    }
    lua_pushstring(L, self->info->stop ? "stop" : "start");
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, self->info->generation);
    lua_setfield(L, -2, "generation");
    lua_pushinteger(L, (lua_Integer)self->info->collected);
    lua_setfield(L, -2, "collected");
    lua_pushinteger(L, (lua_Integer)self->info->uncollectable);
    lua_setfield(L, -2, "uncollectable");
    set_timing(L, lab, self->info->candidates, self->info->nanoseconds);
    bind_call(L, lab, 2);
}

static void tell_callbacks(void *context, rc_heap *heap, const rc_gc_info *info)
{
    bind_lab *lab = context;
    collection self = { info, 1 };
    rc_recorder *recorder = lab->recorder;
    rc_object *outer = recorder ? rc_recorder_enter(recorder, NULL) : NULL;

    (void)heap;
    while (self.callback > 0) {
        if (!bind_callback(lab, callback_body, &self))
            bind_ignored(lab, RC_SAYS_IGNORED_GC_CALLBACK, "callback %d of gc.callbacks", (int)self.callback);
        self.callback += self.callback > 0;
    }
    if (recorder)
        rc_recorder_leave(recorder, outer);
}

static int callbacks_append(lua_State *L, bind_lab *lab)
{
    if (!lua_isfunction(L, 2))
        return bind_fail(L, lab, RC_TYPE_ERROR, "a callback is a Lua function of phase and info; got %s",
                         bind_describe(L, 2));
    lua_rawgeti(L, lab->running.anchors, BIND_GC_CALLBACKS);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    rc_gc_set_callback(lab->heap, tell_callbacks, lab);
    return 0;
}

static int callbacks_remove(lua_State *L, bind_lab *lab)
{
    lua_rawgeti(L, lab->running.anchors, BIND_GC_CALLBACKS);
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1), at = 1;

    for (; at <= count; at++) {
        lua_rawgeti(L, -1, at);
        bool same = lua_rawequal(L, -1, 2);
        lua_pop(L, 1);
        if (same)
            break;
    }
    if (at > count)
        return bind_fail(L, lab, RC_VALUE_ERROR, "list.remove(x): x not in list");
    for (; at <= count; at++) {
        lua_rawgeti(L, -1, at + 1);
        lua_rawseti(L, -2, at);
    }
    if (count == 1)
        rc_gc_set_callback(lab->heap, NULL, NULL);
    return 0;
}

static int callbacks_length(lua_State *L, bind_lab *lab)
{
    lua_rawgeti(L, lab->running.anchors, BIND_GC_CALLBACKS);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

/* ------------------------------------------------------------------- gc.garbage -- */

static int garbage_get(lua_State *L, bind_lab *lab)
{
    lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : 0;

    if (i < 1 || (lua_Unsigned)i > rc_gc_garbage_size(lab->heap))
        lua_pushnil(L);
    else
        bind_push(L, lab, rc_gc_garbage_get(lab->heap, (size_t)i - 1));
    return 1;
}

static int garbage_clear(lua_State *L, bind_lab *lab)
{
    (void)L;
    if (rc_gc_garbage_size(lab->heap) > 0)
        BIND_TELL(lab, rc_recorder_refuse, "a heap trace has no gc.garbage");
    rc_gc_garbage_clear(lab->heap);
    return 0;
}

static int garbage_length(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, (lua_Integer)rc_gc_garbage_size(lab->heap));
    return 1;
}

/* ------------------------------------------------------------------- the module -- */

static int read_only(lua_State *L, bind_lab *lab)
{
    (void)L;
    return bind_fail(L, lab, RC_TYPE_ERROR, "it cannot be assigned to");
}

/* What only some releases have, with the field that says so. */
static const struct { const char *name, *field; } dated[] = {
    { "get_stats", "has_stats" }, { "callbacks", "has_stats" }, { "freeze", "has_freeze" },
    { "unfreeze", "has_freeze" }, { "get_freeze_count", "has_freeze" },
    { "is_finalized", "has_is_finalized" }, { "DEBUG_INSTANCES", "debug_kinds" },
    { "DEBUG_OBJECTS", "debug_kinds" },
};

/* Push " (gc.freeze is not in 3.6: new in 3.7)", or nothing: of a profile of one's own
 * its base is told, unless the field is what was set. */
static void push_when(lua_State *L, const rc_profile *here, const char *name)
{
    const rc_profile_field *field = NULL;
    const rc_profile *before = NULL, *after = NULL, *profile;
    bool passed = false;

    for (size_t i = 0; name && i < sizeof dated / sizeof *dated; i++)
        if (strcmp(dated[i].name, name) == 0)
            field = rc_profile_find_field(dated[i].field);
    if (field && strcmp(rc_profile_source(here, field), "yours") == 0)
        field = NULL;
    for (size_t i = 0; field && !after && (profile = rc_profile_at(i)); i++) {
        bool has = *rc_profile_numbers(profile, field) != 0;
        passed = passed || profile == here->base;
        if (has && passed)
            after = profile;
        else if (has)
            before = profile;
    }
    if (!passed || (!after && !before))
        lua_pushliteral(L, "");
    else
        lua_pushfstring(L, " (gc.%s is not in %s: %s %s)", name, here->base->name,
                        after ? "new in" : "last in", after ? after->name : before->name);
}

static int missing(lua_State *L, bind_lab *lab)
{
    bool named = lua_type(L, 2) == LUA_TSTRING;
    const char *name = named ? lua_tostring(L, 2) : luaL_typename(L, 2);
    char message[RC_ERROR_SIZE];

    rc_say(rc_heap_profile(lab->heap), RC_SAYS_NO_ATTRIBUTE_IN_MODULE,
           (const char *const[RC_WORDING_TEXTS]) { "gc", name }, message, sizeof message);
    push_when(L, rc_heap_profile(lab->heap), named ? name : NULL);
    return bind_fail(L, lab, RC_ATTRIBUTE_ERROR, "%s%s", message, lua_tostring(L, -1));
}

static const bind_word callbacks_words[] = {
    { "append", "gc.callbacks.append", callbacks_append, 2, 2, BIND_METHOD | BIND_LETS_GO, "gc.callbacks:append(f)" },
    { "remove", "gc.callbacks.remove", callbacks_remove, 2, 2, BIND_METHOD | BIND_LETS_GO, "gc.callbacks:remove(f)" },
    { NULL }
};
static const bind_word callbacks_operators[] = {
    { "__len", "#gc.callbacks", callbacks_length, 1, 2, BIND_LETS_GO | BIND_LOOKS, "#gc.callbacks" },
    { "__newindex", "gc.callbacks", read_only, 3, 3, BIND_LOOKS, "gc.callbacks:append(f)" },
    { NULL }
};
static const bind_word garbage_words[] = {
    { "clear", "gc.garbage.clear", garbage_clear, 1, 1, BIND_METHOD | BIND_LETS_GO,
      "gc.garbage:clear()" },
    { NULL }
};
static const bind_word garbage_operators[] = {
    { "__len", "#gc.garbage", garbage_length, 1, 2, BIND_LOOKS, "#gc.garbage" },
    { "__newindex", "gc.garbage", read_only, 3, 3, BIND_LOOKS, "gc.garbage:clear()" },
    { NULL }
};
static const bind_word garbage_item_word = {
    "index", "gc.garbage[i]", garbage_get, 2, 2, BIND_LOOKS, "gc.garbage[i]"
};
static const bind_word missing_word = { "index", "gc", missing, 2, 2, BIND_LOOKS, "gc.name" };

/* Push an empty table with `operators` as metatable, in which `methods` are found. */
static void push_proxy(lua_State *L, int self, int anchors, const bind_word *operators,
                       const bind_word *methods)
{
    lua_newtable(L);
    lua_newtable(L);
    bind_set_words(L, self, anchors, operators);
    lua_newtable(L);
    bind_set_words(L, self, anchors, methods);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

/* Push the table `gc`. */
void bind_open_gc(lua_State *L, bind_lab *lab, int self, int anchors)
{
    static const struct { const char *name; int value; } flags[] = {
        { "DEBUG_STATS", RC_DEBUG_STATS }, { "DEBUG_COLLECTABLE", RC_DEBUG_COLLECTABLE },
        { "DEBUG_UNCOLLECTABLE", RC_DEBUG_UNCOLLECTABLE },
        { "DEBUG_SAVEALL", RC_DEBUG_SAVEALL }, { "DEBUG_LEAK", RC_DEBUG_LEAK },
        { "DEBUG_INSTANCES", RC_DEBUG_INSTANCES }, { "DEBUG_OBJECTS", RC_DEBUG_OBJECTS },
    };
    const int kinds = RC_DEBUG_INSTANCES | RC_DEBUG_OBJECTS;
    const rc_profile *profile = rc_heap_profile(lab->heap);

    lua_newtable(L);
    bind_set_words(L, self, anchors, gc_words);
    bind_set_words(L, self, anchors, profile->has_generation_objects.value
                                         ? generation_objects_words : all_objects_words);
    if (profile->has_stats.value)
        bind_set_words(L, self, anchors, stats_words);
    if (profile->has_freeze.value)
        bind_set_words(L, self, anchors, freeze_words);
    if (profile->has_is_finalized.value)
        bind_set_words(L, self, anchors, finalized_words);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if ((flags[i].value & kinds) && !profile->debug_kinds.value)
            continue;
        lua_pushinteger(L, flags[i].value == RC_DEBUG_LEAK && profile->debug_kinds.value
                           ? flags[i].value | kinds : flags[i].value);
        lua_setfield(L, -2, flags[i].name);
    }
    if (profile->has_stats.value) {
        push_proxy(L, self, anchors, callbacks_operators, callbacks_words);
        lua_setfield(L, -2, "callbacks");
    }
    push_proxy(L, self, anchors, garbage_operators, garbage_words);
    lua_getmetatable(L, -1);            /* integers first, then the methods */
    lua_getfield(L, -1, "__index");
    lua_newtable(L);
    bind_push_word(L, self, anchors, &garbage_item_word);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pop(L, 2);
    lua_setfield(L, -2, "garbage");

    lua_newtable(L);
    bind_push_word(L, self, anchors, &missing_word);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}
