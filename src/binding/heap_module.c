/* The table `heap`: what the lab sees of its heap. */
#include "binding.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ the refchain -- */

/* Upvalue 4: the handle that was given last.  When its object has died since, the next
 * is the first that was born before it. */
static int next_older(lua_State *L, bind_lab *lab)
{
    rc_heap *heap = lab->heap;
    bind_handle *last = bind_test(L, lua_upvalueindex(4));
    rc_object *object = rc_newest(heap);

    if (last && rc_watched(heap, last->watch))
        object = rc_older(heap, last->object);
    else if (last)
        while (object && rc_birth(heap, object) >= bind_birth(lab, last))
            object = rc_older(heap, object);
    if (!object)
        lua_pushnil(L);
    else {
        bind_push(L, lab, object);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(4));
    }
    return 1;
}

static const bind_word next_older_word = {
    "step", "heap.refchain", next_older, 0, BIND_ANY, BIND_LOOKS, "for x in heap.refchain()"
};

static int heap_refchain(lua_State *L, bind_lab *lab)
{
    (void)lab;
    lua_getiuservalue(L, lua_upvalueindex(1), 1);
    lua_pushnil(L);
    bind_push_closure(L, -2, lua_upvalueindex(3), &next_older_word, bind_call_word, 1);
    return 1;
}

/* heap.live([type]) */
static int heap_live(lua_State *L, bind_lab *lab)
{
    rc_class *class = NULL;
    const char *name = NULL;
    const rc_type *type = lua_isnoneornil(L, 1) ? NULL : bind_type_argument(L, lab, 1, &class, &name);
    size_t count = 0;

    if (!class && !name)
        count = rc_live(lab->heap, type);
    else
        for (rc_object *object = rc_newest(lab->heap); object; object = rc_older(lab->heap, object))
            count += object->type == type && (class ? rc_instance_class(object) == class
                                                    : strcmp(rc_typename(object), name) == 0);
    lua_pushinteger(L, (lua_Integer)count);
    return 1;
}

/* ------------------------------------------------------------------- generations -- */

void bind_push_generation(lua_State *L, int generation)
{
    if (generation == RC_NO_GENERATION)
        lua_pushnil(L);
    else if (generation == RC_PERMANENT)
        lua_pushliteral(L, "permanent");
    else
        lua_pushinteger(L, generation);
}

static int heap_generation(lua_State *L, bind_lab *lab)
{
    rc_object *object = bind_look(L, lab, 1);

    BIND_TELL(lab, rc_record_look, "gen", object, NULL);
    bind_push_generation(L, rc_gc_generation(lab->heap, object));
    return 1;
}

void bind_set_generation(lua_State *L, const char *name, int generation)
{
    bind_push_generation(L, generation);
    lua_setfield(L, -2, name);
}

int bind_push_generations(lua_State *L, bind_lab *lab)
{
    lua_createtable(L, RC_GENERATIONS + 1, 0);
    for (int i = 0; i <= RC_PERMANENT; i++) {
        lua_createtable(L, 0, 4);
        bind_set_generation(L, "generation", i);
        bind_set_integer(L, "size", rc_gc_size(lab->heap, i));
        if (i < RC_GENERATIONS) {
            lua_pushinteger(L, rc_gc_count(lab->heap, i));
            lua_setfield(L, -2, "count");
            lua_pushinteger(L, rc_gc_threshold(lab->heap, i));
            lua_setfield(L, -2, "threshold");
        }
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* ------------------------------------------------------------------------ memory -- */

static int heap_freelist(lua_State *L, bind_lab *lab)
{
    rc_class *class;
    const char *name;
    const rc_type *type = bind_type_argument(L, lab, 1, &class, &name);
    lua_Integer length = lua_isnoneornil(L, 2) ? 0 : bind_integer(L, lab, 2);

    if (type == &rc_tuple_type && length < 1)
        return bind_fail(L, lab, RC_VALUE_ERROR,
                         "tuples have a free list for each length; write heap.freelist(\"tuple\", 2)");
    rc_free_list_stats stats = rc_free_list(lab->heap, type, (size_t)length);
    lua_pushinteger(L, (lua_Integer)stats.size);
    lua_pushinteger(L, (lua_Integer)stats.capacity);
    return 2;
}

static void set_free_list(lua_State *L, bind_lab *lab, const char *name, const rc_type *type,
                          size_t length)
{
    rc_free_list_stats stats = rc_free_list(lab->heap, type, length);

    if (stats.capacity == 0)
        return;
    lua_createtable(L, 0, 4);
    bind_set_integer(L, "size", stats.size);
    bind_set_integer(L, "capacity", stats.capacity);
    bind_set_integer(L, "hits", stats.hits);
    bind_set_integer(L, "misses", stats.misses);
    lua_setfield(L, -2, name);
}

int bind_push_caches(lua_State *L, bind_lab *lab)
{
    static const char *const names[RC_CACHES] = {
        [RC_SMALL_INTS] = "small_ints", [RC_CHARACTERS] = "characters", [RC_INTERNED] = "interned",
    };
    const rc_profile *profile = rc_heap_profile(lab->heap);

    lua_newtable(L);
    for (int i = 0; i < RC_CACHES; i++) {
        rc_cache_stats stats = rc_cache_info(lab->heap, (rc_cache)i);
        lua_createtable(L, 0, 3);
        bind_set_integer(L, "size", stats.size);
        bind_set_integer(L, "hits", stats.hits);
        bind_set_integer(L, "misses", stats.misses);
        lua_setfield(L, -2, names[i]);
    }
    set_free_list(L, lab, "int_free", &rc_int_type, 0);
    set_free_list(L, lab, "float_free", &rc_float_type, 0);
    set_free_list(L, lab, "list_free", &rc_list_type, 0);
    set_free_list(L, lab, "dict_free", &rc_dict_type, 0);
    set_free_list(L, lab, "set_free", &rc_set_type, 0);
    for (int64_t length = 1; length <= profile->tuple_free_longest.value; length++) {
        char name[32];
        snprintf(name, sizeof name, "tuple_free_%d", (int)length);
        set_free_list(L, lab, name, &rc_tuple_type, (size_t)length);
    }
    return 1;
}

static int heap_stats(lua_State *L, bind_lab *lab)
{
    uint64_t collections = 0;

    lua_newtable(L);
    bind_set_integer(L, "births", rc_births(lab->heap));
    bind_set_integer(L, "live", rc_live(lab->heap, NULL));
    bind_set_integer(L, "temporaries", lab->temporaries.live);
    bind_set_integer(L, "long_lived_total", rc_gc_long_lived_total(lab->heap));
    bind_set_integer(L, "long_lived_pending", rc_gc_long_lived_pending(lab->heap));
    for (int i = 0; i < RC_GENERATIONS; i++)
        collections += rc_gc_get_stats(lab->heap, i).collections;
    bind_set_integer(L, "collections", collections);
    lua_newtable(L);
    for (int i = 0; i < RC_TYPES; i++) {
        const rc_type *type = rc_type_at((rc_type_index)i);
        bind_set_integer(L, rc_type_name(type), rc_live(lab->heap, type));
    }
    lua_setfield(L, -2, "types");
    return 1;
}

static int heap_memory(lua_State *L, bind_lab *lab)
{
    rc_memory_stats stats = rc_heap_memory(lab->heap);

    lua_newtable(L);
    bind_set_integer(L, "used", stats.used);
    bind_set_integer(L, "peak", stats.peak);
    bind_set_integer(L, "limit", stats.limit);
    bind_set_integer(L, "committed", stats.committed);
    bind_set_integer(L, "allocations", stats.allocations);
    bind_set_integer(L, "releases", stats.releases);
    return 1;
}

static int heap_check(lua_State *L, bind_lab *lab)
{
    const char *wrong = rc_heap_check(lab->heap);

    if (wrong)
        return bind_fail(L, lab, RC_RUNTIME_ERROR, "a heap invariant is broken: %s", wrong);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---------------------------------------------------------------------- snapshot -- */

typedef struct births {
    bind_lab *lab;
    int64_t *array;
    size_t count, room;
} births;

static bool take_birth(void *context, rc_object *object)
{
    births *self = context;

    if (self->count < self->room)
        self->array[self->count] = rc_birth(self->lab->heap, object);
    self->count++;
    return true;
}

/* Set the births of what the object refers to, in order. */
static void set_referents(lua_State *L, bind_lab *lab, rc_object *object)
{
    births self = { lab, NULL, 0, 0 };
    int top = lua_gettop(L);

    for (;;) {                          /* making the buffer may run a finalizer of Lua's */
        self.count = 0;
        rc_gc_referents(lab->heap, object, take_birth, &self);
        if (self.count <= self.room)
            break;
        self.room = self.count;
        self.array = lua_newuserdatauv(L, self.room * sizeof *self.array, 0);
    }
    lua_createtable(L, self.count < INT_MAX ? (int)self.count : INT_MAX, 0);
    for (size_t i = 0; i < self.count; i++) {
        lua_pushinteger(L, self.array[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, top, "referents");
    lua_settop(L, top);
}

/* One object as a plain table. */
static void push_record(lua_State *L, bind_lab *lab, rc_object *object)
{
    lua_createtable(L, 0, 8);
    lua_pushinteger(L, rc_birth(lab->heap, object));
    lua_setfield(L, -2, "birth");
    lua_pushstring(L, rc_typename(object));
    lua_setfield(L, -2, "type");
    bind_set_integer(L, "id", rc_id(object));
    bind_set_integer(L, "refcount", bind_count(lab, object));
    bind_set_generation(L, "generation", rc_gc_generation(lab->heap, object));
    lua_pushstring(L, rc_origin_name(rc_object_origin(lab->heap, object)));
    lua_setfield(L, -2, "origin");
    bind_set_integer(L, "size", rc_sizeof(lab->heap, object));
    if (!rc_type_is_container(object->type) && object->type != &rc_weakref_type) {
        bind_push_repr(L, lab, object);
        lua_setfield(L, -2, "repr");
    }
    set_referents(L, lab, object);
}

/* heap.snapshot(): all that was born after start-up, newest first.  Each object is held
 * while its record is made; if it dies of that, the walk goes on by birth. */
static int heap_snapshot(lua_State *L, bind_lab *lab)
{
    rc_heap *heap = lab->heap;
    lua_Integer count = 0;

    lua_newtable(L);
    for (rc_object *object = rc_newest(heap); object && rc_birth(heap, object) > 0;) {
        size_t mark = rc_operand_mark(heap);
        rc_hold(heap, object, RC_FOR_OPERAND, NULL);
        bind_operand(L, lab, object);
        push_record(L, lab, object);
        lua_rawseti(L, -2, ++count);
        int64_t birth = rc_birth(heap, object);
        bool last = object->refcount == 1;
        rc_operand_release(heap, mark);
        if (!last)
            object = rc_older(heap, object);
        else
            for (object = rc_newest(heap); object && rc_birth(heap, object) >= birth;)
                object = rc_older(heap, object);
    }
    return 1;
}

/* -------------------------------------------------------------------- the module -- */

static const bind_word heap_words[] = {
    { "refchain", "heap.refchain", heap_refchain, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.refchain()" },
    { "live", "heap.live", heap_live, 0, 1, BIND_LETS_GO | BIND_LOOKS, "heap.live([type])" },
    { "generation", "heap.generation", heap_generation, 1, 1, BIND_LETS_GO | BIND_LOOKS, "heap.generation(x)" },
    { "generations", "heap.generations", bind_push_generations, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.generations()" },
    { "freelist", "heap.freelist", heap_freelist, 1, 2, BIND_LETS_GO | BIND_LOOKS, "heap.freelist(type[, length])" },
    { "caches", "heap.caches", bind_push_caches, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.caches()" },
    { "stats", "heap.stats", heap_stats, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.stats()" },
    { "memory", "heap.memory", heap_memory, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.memory()" },
    { "check", "heap.check", heap_check, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.check()" },
    { "snapshot", "heap.snapshot", heap_snapshot, 0, 0, BIND_LETS_GO | BIND_LOOKS, "heap.snapshot()" },
    { "on", "heap.on", bind_on, 2, 2, BIND_LETS_GO | BIND_LOOKS, "heap.on(event, f)" },
    { NULL }
};

static int refuse_assignment(lua_State *L, bind_lab *lab)
{
    (void)L;
    return bind_fail(L, lab, RC_TYPE_ERROR,
                     "a running heap's profile is fixed; write heap.new{profile = \xE2\x80\xA6}");
}

/* Push the table `heap`. */
void bind_open_heap(lua_State *L, bind_lab *lab, int self, int anchors)
{
    static const bind_word profile_operators[] = {
        { "__index", "heap.profile", bind_get_profile_field, 2, 2, BIND_LOOKS, "heap.profile.name" },
        { "__newindex", "heap.profile", refuse_assignment, 3, 3, BIND_LOOKS, "heap.profile.name" },
        { "__pairs", "heap.profile", bind_walk_profile, 1, 1, BIND_LOOKS, "pairs(heap.profile)" },
        { NULL }
    };
    (void)lab;
    lua_newtable(L);
    bind_set_words(L, self, anchors, heap_words);
    lua_newtable(L);
    lua_newtable(L);
    bind_set_words(L, self, anchors, profile_operators);
    bind_set_boolean(L, "__metatable", 0);
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "profile");
}
