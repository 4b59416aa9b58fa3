/* heap.on: plain records are queued while the heap runs; when the word that caused
 * them is done, each is told to the handlers of its kind, protected. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------- births that died since, a set -- */

static void put(uint32_t *set, size_t size, uint32_t birth)
{
    size_t at = birth & (size - 1);

    while (set[at] != 0 && set[at] != birth)
        at = (at + 1) & (size - 1);
    set[at] = birth;
}

static bool add_dead(bind_events *self, uint32_t birth)
{
    if (2 * (self->dead_used + 1) > self->dead_size) {
        size_t size = self->dead_size ? 2 * self->dead_size : 64;
        uint32_t *set = calloc(size, sizeof *set);
        if (!set)
            return false;
        for (size_t i = 0; i < self->dead_size; i++)
            if (self->dead[i] != 0)
                put(set, size, self->dead[i]);
        free(self->dead);
        self->dead = set;
        self->dead_size = size;
    }
    put(self->dead, self->dead_size, birth);
    self->dead_used++;
    return true;
}

static bool has_died(const bind_events *self, uint32_t birth)
{
    if (self->dead_used == 0)
        return false;
    size_t at = birth & (self->dead_size - 1);
    while (self->dead[at] != 0 && self->dead[at] != birth)
        at = (at + 1) & (self->dead_size - 1);
    return self->dead[at] == birth;
}

/* -------------------------------------------------------------------- recording -- */

static bool has_object_holder(rc_reason reason)
{
    return reason == RC_FOR_ITEM || reason == RC_FOR_ELEMENT || reason == RC_FOR_KEY
           || reason == RC_FOR_VALUE || reason == RC_FOR_ATTRIBUTE
           || reason == RC_FOR_ATTRIBUTES;
}

static void record(bind_events *self, rc_heap *heap, const rc_event *event)
{
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        bind_event *bigger = realloc(self->queue, room * sizeof *bigger);
        if (!bigger) {
            self->lost++;
            return;
        }
        self->queue = bigger;
        self->room = room;
    }
    bind_event *copy = &self->queue[self->count++];
    bool half_made = event->kind == RC_CREATED
                     || (event->kind == RC_COUNT_CHANGED && event->reason == RC_FOR_CREATION);
    *copy = (bind_event) { .event = *event };
    if (event->object) {
        copy->watch = event->object->birth;
        copy->birth = rc_birth(heap, event->object);
        copy->type = half_made ? rc_type_name(event->object->type) : rc_typename(event->object);
    }
    if (event->kind != RC_COUNT_CHANGED || !event->holder)
        return;
    if (event->reason == RC_FOR_NAME)
        strncpy(copy->name, event->holder, sizeof copy->name - 1);
    else if (has_object_holder(event->reason)) {
        const rc_object *holder = event->holder;
        copy->holder_birth = rc_birth(heap, holder);
        copy->holder_type = rc_typename(holder);
    }
}

/* A weak reference that dies is cleared after its death has been told. */
static bool is_dead(const rc_event *event)
{
    return event->kind == RC_DESTROYED
           || (event->kind == RC_WEAKREF_CLEARED && event->object->refcount == 0);
}

void bind_take_event(bind_lab *lab, rc_heap *heap, const rc_event *event)
{
    bind_events *self = &lab->events;

    if (event->kind == RC_COUNT_CHANGED && event->reason == RC_FOR_OPERAND)
        return;
    if (!self->delivering && self->handlers[event->kind] > 0)
        record(self, heap, event);
    if (is_dead(event) && self->count > 0 && !add_dead(self, event->object->birth)) {
        self->lost += self->count;      /* we would not know what is alive */
        self->count = 0;
    }
    lab->delivers = self->count > 0;
}

/* ------------------------------------------------------------------- delivering -- */

static void push_count_change(lua_State *L, const bind_event *record)
{
    bind_set_integer(L, "change", record->event.change);
    bind_set_text(L, "reason", rc_reason_name(record->event.reason));
    if (record->name[0])
        lua_pushstring(L, record->name);
    else if (record->holder_type)
        lua_pushfstring(L, "%s #%I", record->holder_type, (LUAI_UACINT)record->holder_birth);
    else
        return;
    lua_setfield(L, -2, "holder");
}

void bind_set_event(lua_State *L, const rc_event *event)
{
    switch (event->kind) {
    case RC_CREATED:
        bind_set_text(L, "origin", rc_origin_name((rc_origin)event->origin));
        break;
    case RC_DESTROYED:
        bind_set_boolean(L, "by_collector", event->by_collector);
        break;
    case RC_MEMORY_RETURNED:
        bind_set_integer(L, "id", (int64_t)event->address);
        bind_set_integer(L, "size", (int64_t)event->size);
        break;
    case RC_COLLECTION_FINISHED:
        bind_set_integer(L, "collected", (int64_t)event->collected);
        bind_set_integer(L, "uncollectable", (int64_t)event->uncollectable);
        /* fall through */
    case RC_GENERATION_CHANGED:
    case RC_COLLECTION_STARTED:
        bind_set_generation(L, "generation", event->generation);
        break;
    default:
        break;
    }
}

/* Push the table that a handler is given. */
static void push_event(lua_State *L, bind_lab *lab, const bind_event *record)
{
    const rc_event *event = &record->event;

    lua_newtable(L);
    bind_set_text(L, "event", rc_event_name(event->kind));
    if (event->object) {
        bool alive = event->kind != RC_DESTROYED && !has_died(&lab->events, record->watch)
                     && event->object->refcount > 0;    /* it may wait in the trashcan */
        bind_set_text(L, "type", alive ? rc_typename(event->object) : record->type);
        bind_set_integer(L, "birth", record->birth);
        bind_set_integer(L, "id", (int64_t)rc_id(event->object));
        if (alive) {
            bind_push(L, lab, event->object);
            lua_setfield(L, -2, "object");
        }
    }
    if (event->kind == RC_COUNT_CHANGED)
        push_count_change(L, record);
    if (event->kind == RC_COLLECTION_FINISHED)
        bind_set_integer(L, "nanoseconds", (int64_t)event->nanoseconds);
    bind_set_event(L, event);
}

typedef struct delivery {
    size_t event;
    lua_Integer handler;                /* 0 when there are no more */
} delivery;

static void deliver_body(lua_State *L, bind_lab *lab, void *context)
{
    delivery *self = context;
    bind_event record = lab->events.queue[self->event];

    lua_rawgeti(L, 1, BIND_HANDLERS);
    if (lua_rawgeti(L, -1, (lua_Integer)record.event.kind + 1) != LUA_TTABLE
        || lua_rawgeti(L, -1, self->handler) == LUA_TNIL) {
        self->handler = 0;
        return;
    }
    push_event(L, lab, &record);
    bind_call(L, lab, 1);
}

/* What handlers do themselves is not told. */
void bind_deliver(lua_State *L, bind_lab *lab)
{
    bind_events *self = &lab->events;

    (void)L;
    if (self->delivering)
        return;
    bind_lock(lab, false);              /* handlers may do what they like */
    self->delivering = true;
    for (size_t i = 0; i < self->count; i++) {
        delivery next = { i, 1 };
        while (next.handler > 0) {
            if (!bind_callback(lab, deliver_body, &next))
                bind_ignored(lab, RC_SAYS_IGNORED, "handler of %s", rc_event_name(self->queue[i].event.kind));
            next.handler += next.handler > 0;
        }
    }
    self->count = 0;
    lab->delivers = false;
    self->dead_used = 0;
    if (self->dead)
        memset(self->dead, 0, self->dead_size * sizeof *self->dead);
    self->delivering = false;
    bind_observe(lab);                  /* the last handler may be gone */
    bind_lock_again(lab);
}

/* ---------------------------------------------------------------------- heap.on -- */

static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if ((*a == '_' ? ' ' : *a) != (*b == '_' ? ' ' : *b))
            return false;
    return *a == *b;
}

static int event_argument(lua_State *L, bind_lab *lab)
{
    luaL_Buffer names;

    if (lua_type(L, 1) == LUA_TSTRING)
        for (int i = 0; i < RC_EVENT_KINDS; i++)
            if (same_name(lua_tostring(L, 1), rc_event_name((rc_event_kind)i)))
                return i;
    luaL_buffinit(L, &names);
    for (int i = 0; i < RC_EVENT_KINDS; i++) {
        if (i > 0)
            luaL_addstring(&names, ", ");
        luaL_addstring(&names, rc_event_name((rc_event_kind)i));
    }
    luaL_pushresult(&names);
    return bind_fail(L, lab, RC_VALUE_ERROR, "no such event; there are: %s", lua_tostring(L, -1));
}

/* Upvalues 4 and 5: the event, the handler.  A second call does nothing. */
static int stop(lua_State *L, bind_lab *lab)
{
    lua_Integer kind = lua_tointeger(L, lua_upvalueindex(4));

    lua_settop(L, 0);
    lua_rawgeti(L, lab->running.anchors, BIND_HANDLERS);
    lua_rawgeti(L, 1, kind + 1);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 2), at = 1;
    for (; at <= count; at++) {
        lua_rawgeti(L, 2, at);
        bool same = lua_rawequal(L, -1, lua_upvalueindex(5));
        lua_pop(L, 1);
        if (same)
            break;
    }
    if (at > count)
        return 0;
    for (; at <= count; at++) {
        lua_rawgeti(L, 2, at + 1);
        lua_rawseti(L, 2, at);
    }
    lab->events.handlers[kind]--;
    bind_observe(lab);
    lua_pushnil(L);
    lua_replace(L, lua_upvalueindex(5));
    return 0;
}

static const bind_word stop_word = { "stop", "heap.on", stop, 0, 0, 0, "stop()" };

/* heap.on(event, f) -> a function that ends it */
int bind_on(lua_State *L, bind_lab *lab)
{
    int kind = event_argument(L, lab);

    if (!lua_isfunction(L, 2))
        return bind_fail(L, lab, RC_TYPE_ERROR, "an event's handler is a Lua function; got %s",
                         bind_describe(L, 2));
    lua_rawgeti(L, lab->running.anchors, BIND_HANDLERS);
    if (lua_rawgeti(L, -1, kind + 1) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, kind + 1);
    }
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);

    lua_getiuservalue(L, lua_upvalueindex(1), 1);
    lua_pushinteger(L, kind);
    lua_pushvalue(L, 2);
    bind_push_closure(L, -3, lua_upvalueindex(3), &stop_word, bind_call_word, 2);
    lab->events.handlers[kind]++;
    bind_observe(lab);
    return 1;
}

void bind_events_close(bind_lab *lab)
{
    free(lab->events.queue);
    free(lab->events.dead);
    lab->events = (bind_events) { 0 };
}
