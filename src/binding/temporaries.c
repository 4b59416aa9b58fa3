/* Temporaries: objects whose only reference is their handle's (DESIGN.md).
 *
 * The array owns them, in order of creation; a weak Lua table has their handles at
 * the same indexes.  Lua's own collections empty places of the weak table and release
 * nothing; letting go runs a full collection and then releases, in order, those whose
 * place is empty.
 *
 * A word that is given a temporary notes it in lab->stores.  When the word is done and
 * something else holds the object, the handle's reference is dropped. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_LIMIT 1000

/* ------------------------------------------------------------- finding by object -- */

#define RECENT 8                        /* looked at one by one */

static uint32_t hash(const rc_object *object)
{
    return (uint32_t)(((uintptr_t)object >> 4) * 0x9E3779B97F4A7C15u >> 32);
}

static void map_put(bind_temporaries *self, uint32_t index)
{
    uint32_t at = hash(self->entries[index].object) & (self->map_size - 1);

    while (self->map[at] != 0)
        at = (at + 1) & (self->map_size - 1);
    self->map[at] = index + 1;
    self->map_used++;
}

/* Put every entry into the map; false when there is no memory for one. */
static bool map_all(bind_temporaries *self)
{
    if (2 * (self->map_used + self->count - self->mapped) >= self->map_size) {
        uint32_t size = 64;
        while (size < 4 * self->live)
            size *= 2;
        uint32_t *map = calloc(size, sizeof *map);
        if (!map)
            return false;
        free(self->map);
        self->map = map;
        self->map_size = size;
        self->map_used = 0;
        self->mapped = 0;
    }
    for (; self->mapped < self->count; self->mapped++)
        if (self->entries[self->mapped].object)
            map_put(self, self->mapped);
    return true;
}

/* The temporary that owns `object`, or NULL. */
bind_temporary *bind_find_temporary(bind_lab *lab, const rc_object *object)
{
    bind_temporaries *self = &lab->temporaries;
    uint32_t recent = self->count < RECENT ? self->count : RECENT;

    if (self->live == 0)
        return NULL;
    for (uint32_t i = self->count; i > self->count - recent; i--)
        if (self->entries[i - 1].object == object)
            return &self->entries[i - 1];
    if (recent == self->count)
        return NULL;
    if (!map_all(self)) {
        for (uint32_t i = 0; i < self->count; i++)
            if (self->entries[i].object == object)
                return &self->entries[i];
        return NULL;
    }
    for (uint32_t at = hash(object) & (self->map_size - 1); self->map[at] != 0;
         at = (at + 1) & (self->map_size - 1)) {
        uint32_t index = self->map[at] - 1;
        if (index < self->count && self->entries[index].object == object)
            return &self->entries[index];
    }
    return NULL;
}

/* ------------------------------------------------------------------ come and go -- */

/* References to `object` but those of operands. */
size_t bind_others(const bind_lab *lab, const rc_object *object)
{
    if (rc_is_immortal(object))
        return SIZE_MAX;
    return object->refcount - rc_operand_count(lab->heap, object);
}

/* Take the last places back that are empty. */
BIND_APART static void trim(bind_temporaries *self)
{
    while (self->count > 0 && !self->entries[self->count - 1].object
           && !self->entries[self->count - 1].reserved)
        self->count--;
    if (self->mapped > self->count)
        self->mapped = self->count;
}

/* A place for the handle on top of the stack, and for what it may own. */
void bind_reserve(lua_State *L, bind_lab *lab, bind_handle *handle)
{
    bind_temporaries *self = &lab->temporaries;

    if (self->count == self->room) {
        uint32_t room = self->room ? 2 * self->room : 64;
        bind_temporary *bigger = realloc(self->entries, room * sizeof *bigger);
        if (!bigger)
            bind_fail(L, lab, RC_MEMORY_ERROR, "out of memory");
        self->entries = bigger;
        self->room = room;
    }
    uint32_t index = self->count;
    lua_pushvalue(L, -1);
    lua_rawseti(L, lab->running.weak, (lua_Integer)index + 1);
    self->entries[self->count++] = (bind_temporary) { .reserved = true };
    handle->temporary = index + 1;
}

void bind_unreserve(bind_lab *lab, bind_handle *handle)
{
    if (handle->temporary) {
        lab->temporaries.entries[handle->temporary - 1].reserved = false;
        handle->temporary = 0;
        trim(&lab->temporaries);
    }
}

/* The object, whose only reference is given here, becomes a temporary. */
void bind_own(bind_lab *lab, bind_handle *handle, rc_object *object)
{
    bind_temporaries *self = &lab->temporaries;

    rc_hand_over(lab->heap, object, RC_FOR_TEMPORARY, NULL);
    uint32_t index = handle->temporary - 1;
    self->entries[index] = (bind_temporary) { .object = object, .watch = handle->watch };
    self->live++;
    if (index < self->mapped && self->map)
        self->mapped = index;           /* put again; what is there twice does no harm */
}

void bind_forget_any_temporary(bind_lab *lab, bind_temporary *temporary)
{
    *temporary = (bind_temporary) { 0 };
    lab->temporaries.live--;
    trim(&lab->temporaries);
}

/* The handle on top of the stack is a new one.  If its object is a temporary, put the
 * temporary's own handle in its place, or let it be that if the old one is lost. */
void bind_adopt(lua_State *L, bind_lab *lab, bind_handle *handle)
{
    bind_temporary *temporary = bind_find_temporary(lab, handle->object);

    if (!temporary)
        return;
    uint32_t index = (uint32_t)(temporary - lab->temporaries.entries);
    lua_rawgeti(L, lab->running.anchors, BIND_WEAK);
    if (lua_rawgeti(L, -1, (lua_Integer)index + 1) != LUA_TNIL) {
        lua_replace(L, -3);
        lua_pop(L, 1);
    } else {
        lua_pushvalue(L, -3);
        lua_rawseti(L, -3, (lua_Integer)index + 1);
        lua_pop(L, 2);
        handle->temporary = index + 1;
    }
    lab->temporaries.entries[index].lost = false;
}

/* ------------------------------------------------------------ storing temporaries -- */

/* Note that the word may store `object`, which is an operand. */
bool bind_may_store(bind_lab *lab, rc_object *object)
{
    if (lab->store_count == lab->store_room) {
        size_t room = lab->store_room ? 2 * lab->store_room : 64;
        rc_object **bigger = realloc(lab->stores, room * sizeof *bigger);
        if (!bigger)
            return rc_raise(lab->heap, RC_MEMORY_ERROR, "out of memory");
        lab->stores = bigger;
        lab->store_room = room;
    }
    lab->stores[lab->store_count++] = object;
    return true;
}

/* The word is done: drop the handles' references to temporaries that it has stored. */
void bind_settle(bind_lab *lab, size_t mark)
{
    while (lab->store_count > mark) {
        rc_object *object = lab->stores[--lab->store_count];
        bind_temporary *temporary = bind_find_temporary(lab, object);
        if (temporary && bind_others(lab, object) > 1) {
            bind_forget_temporary(lab, temporary);
            BIND_TELL(lab, rc_record_drop, object, NULL);
            rc_release(lab->heap, object, RC_FOR_TEMPORARY, NULL);
        }
    }
}

/* -------------------------------------------------------------------- letting go -- */

#define DEEPEST 1000                    /* calls that are looked through: each is found from the top */

/* Whether a metamethod is on the stack: then dead registers may seem alive.  A deeper
 * stack counts as such: letting go waits until it is shallower. */
static bool below_metamethod(lua_State *L)
{
    lua_Debug level;

    if (lua_getstack(L, DEEPEST, &level))
        return true;
    for (int i = 0; lua_getstack(L, i, &level); i++) {
        lua_getinfo(L, "n", &level);
        if (strcmp(level.namewhat, "metamethod") == 0)
            return true;
    }
    return false;
}

static uint32_t find_lost(lua_State *L, bind_lab *lab)
{
    bind_temporaries *self = &lab->temporaries;
    uint32_t lost = 0;

    lua_rawgeti(L, lab->running.anchors, BIND_WEAK);
    for (uint32_t i = 0; i < self->count; i++) {
        bind_temporary *entry = &self->entries[i];
        if (!entry->object)
            continue;
        entry->lost = lua_rawgeti(L, -1, (lua_Integer)i + 1) == LUA_TNIL;
        lost += entry->lost;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return lost;
}

static void release_lost(bind_lab *lab)
{
    bind_temporaries *self = &lab->temporaries;
    const char *act = lab->running.act, *detail = lab->running.detail;

    lab->running.act = "letting go of a temporary";
    for (uint32_t i = 0, count = self->count; i < count && i < self->count; i++) {
        rc_object *object = self->entries[i].object;
        if (object && self->entries[i].lost) {
            self->entries[i] = (bind_temporary) { 0 };
            self->live--;
            BIND_TELL(lab, rc_record_drop, object, NULL);
            rc_release(lab->heap, object, RC_FOR_TEMPORARY, NULL);
        }
    }
    lab->running.act = act;
    lab->running.detail = detail;
    trim(self);
}

static bool has_many_holes(const bind_temporaries *self)
{
    return self->count >= 256 && self->count >= 2 * self->live;
}

/* Close the holes.  Each step leaves everything whole: an assignment may raise. */
static void compact(lua_State *L, bind_lab *lab, void *unused)
{
    bind_temporaries *self = &lab->temporaries;
    uint32_t to = 0;

    (void)unused;
    lua_rawgeti(L, lab->running.anchors, BIND_WEAK);
    for (uint32_t from = 0; from < self->count; from++) {
        bind_temporary *entry = &self->entries[from];
        if (!entry->object && !entry->reserved)
            continue;
        if (lua_rawgeti(L, -1, (lua_Integer)from + 1) == LUA_TNIL && entry->reserved) {
            entry->reserved = false;    /* nobody waits any more */
            lua_pop(L, 1);
            continue;
        }
        if (from > to) {
            bind_handle *handle = bind_test(L, -1);
            lua_pushvalue(L, -1);
            lua_rawseti(L, -3, (lua_Integer)to + 1);
            entry = &self->entries[from];
            self->entries[to] = *entry;
            *entry = (bind_temporary) { 0 };
            if (handle)
                handle->temporary = to + 1;
        }
        to++;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    self->mapped = 0;
    self->map_used = self->map_size;    /* made anew at the next search */
    trim(self);
}

static bool let_go(lua_State *L, bind_lab *lab)
{
    if (lab->temporaries.live == 0 || lab->callbacks > 0 || L != lab->main || lab->locked
        || !lua_checkstack(L, 8) || below_metamethod(L))
        return false;
    bind_collect_lua(L, lab);
    if (find_lost(L, lab) > 0)
        release_lost(lab);
    lab->temporaries.limit = LEAST_LIMIT + 2 * lab->temporaries.live;
    return true;
}

void bind_let_go(lua_State *L, bind_lab *lab)
{
    if (let_go(L, lab) && has_many_holes(&lab->temporaries))
        compact(L, lab, NULL);
}

/* The hook: in the middle of an allocation, where nothing may raise. */
void bind_before_collection(void *context, rc_heap *heap)
{
    bind_lab *lab = context;

    (void)heap;
    lab->poll = true;
    bind_collection_asked_for(lab);
    BIND_TELL(lab, rc_recorder_interrupt, true);
    if (lab->running.L && let_go(lab->running.L, lab) && has_many_holes(&lab->temporaries)
        && !bind_callback(lab, compact, NULL))
        lua_pop(lab->running.L, 1);     /* no memory: next time */
    BIND_TELL(lab, rc_recorder_interrupt, false);
}

void bind_temporaries_close(bind_lab *lab)
{
    free(lab->temporaries.entries);
    free(lab->temporaries.map);
    free(lab->stores);
    lab->temporaries = (bind_temporaries) { 0 };
    lab->stores = NULL;
    lab->store_count = lab->store_room = 0;
}
