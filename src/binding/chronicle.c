/* What a chronicle needs of its lab (lua/lab/chronicler.lua): to be called before a line
 * runs that may show something new, and to know what has happened since.
 *
 * Nothing here changes what the scenario sees.  The line hook asks and answers outside of
 * the words' own order of things: it calls nobody while a word has left something to be
 * done (operands of one that an error of Lua's own has ended, a collection that waits,
 * events to be told), for any word that we ran then would do it before its time. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS 200                      /* told of a step */
#define FIRST_VISITS 16                 /* of a line, all of them looked at */

typedef struct told_event {
    rc_event event;                     /* the object: an address only */
    uint32_t watch;                     /* birth of the object; 0: there is none */
    int64_t birth;
    const char *type;
} told_event;

struct bind_chronicle {
    char *source;                       /* the chunk whose lines are looked at */
    uint32_t *visits;                   /* of each line: lines + 1 of them */
    lua_Integer lines;
    int line;                           /* the last that began to run; 0: none */
    uint64_t skipped;                   /* visits with something new that were left out */
    uint64_t changes, noticed, seen;    /* events so far; at the last line; at the last taking */
    const bind_word *last;              /* the word that ran then: another has run since if differs */
    told_event events[EVENTS];
    uint64_t count;                     /* of events since; the first EVENTS are kept */
};

static const char lab_key, function_key;        /* in the registry */

/* --------------------------------------------------------------------- what happens -- */

/* An instance gets its class after its creation was told. */
static void name_instance(bind_chronicle *self, const told_event *last)
{
    size_t count = self->count < EVENTS ? self->count : EVENTS;

    for (size_t i = 0; i < count; i++)
        if (self->events[i].watch == last->watch)
            self->events[i].type = last->type;
}

/* Take an event of the heap. */
void bind_chronicle_event(bind_chronicle *self, rc_heap *heap, const rc_event *event)
{
    told_event copy = { .event = *event };

    if (event->kind == RC_COUNT_CHANGED) {
        self->changes += event->reason != RC_FOR_OPERAND;
        return;
    }
    self->changes++;
    if (event->object) {
        copy.watch = event->object->birth;
        copy.birth = rc_birth(heap, event->object);
        copy.type = event->kind == RC_CREATED ? rc_type_name(event->object->type)
                                              : rc_typename(event->object);
        if (event->kind == RC_DESTROYED && event->object->type == &rc_instance_type)
            name_instance(self, &copy);
    }
    if (self->count < EVENTS)
        self->events[self->count] = copy;
    self->count++;
}

/* ------------------------------------------------------------------- taking the events -- */

static void push_event(lua_State *L, bind_lab *lab, const told_event *told)
{
    const rc_event *event = &told->event;

    lua_createtable(L, 0, 5);
    bind_set_text(L, "kind", rc_event_name(event->kind));
    if (event->object) {
        bool alive = rc_watched(lab->heap, told->watch);
        bind_set_integer(L, "birth", told->birth);
        bind_set_text(L, "type", alive ? rc_typename(event->object) : told->type);
    }
    bind_set_event(L, event);
}

/* lab:take_events() -> a sequence of plain tables, how many more there were.  What is
 * taken is taken: the next call tells of what happens from here on. */
int bind_take_events(lua_State *L, bind_lab *lab)
{
    bind_chronicle *self = lab->chronicle;

    lua_newtable(L);
    if (!self) {
        lua_pushinteger(L, 0);
        return 2;
    }
    uint64_t told = self->count < EVENTS ? self->count : EVENTS;
    for (uint64_t i = 0; i < told; i++) {
        push_event(L, lab, &self->events[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(L, (lua_Integer)(self->count - told));
    self->count = 0;
    self->seen = self->changes;
    self->last = lab->running.word;
    return 2;
}

/* ----------------------------------------------------------------------- the line hook -- */

/* Whether a word could run now without doing what another has left to be done. */
static bool is_settled(const bind_lab *lab)
{
    return lab->depth == 0 && !lab->poll && (lab->events.count == 0 || lab->callbacks > 0)
           && rc_operand_mark(lab->heap) <= lab->base && lab->store_count <= lab->stores_base;
}

/* Of a line that is visited again and again, ever fewer visits are looked at. */
static bool is_looked_at(uint32_t visit)
{
    return visit <= FIRST_VISITS || (visit & (visit - 1)) == 0;
}

static void on_line(lua_State *L, lua_Debug *frame);

/* Call the function, without the hook: it would make all of Lua slow, not only what it is
 * called for.  A time limit may have put its own there meanwhile. */
static void look(lua_State *L, bind_chronicle *self, int line)
{
    lua_sethook(L, NULL, 0, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &function_key);
    lua_pushinteger(L, line);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        lua_pop(L, 1);                  /* no memory for it */
        self->skipped++;
    }
    if (!lua_gethook(L))
        lua_sethook(L, on_line, LUA_MASKLINE, 0);
}

static void on_line(lua_State *L, lua_Debug *frame)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lab_key);
    bind_lab *lab = lua_touserdata(L, -1);
    lua_pop(L, 1);
    bind_chronicle *self = lab ? lab->chronicle : NULL;
    if (!self)
        return;
    lua_getinfo(L, "S", frame);
    int line = frame->currentline;
    if (strcmp(frame->source, self->source) != 0 || line < 1 || line > self->lines)
        return;
    uint32_t visit = ++self->visits[line];
    self->line = line;
    bool is_new = self->changes != self->noticed;
    self->noticed = self->changes;
    if (self->changes == self->seen && lab->running.word == self->last)
        return;
    if (!is_looked_at(visit)) {
        self->skipped += is_new;
        return;
    }
    if (is_settled(lab))
        look(L, self, line);
}

/* lab:watch_lines(source, lines, f): call f(line) before a line of the chunk `source`, of so
 * many lines, runs, if a word has run since the last lab:take_events() or anything has
 * changed; and begin to keep events.  Of the visits to one line the first 16 are taken, then
 * those whose number is a power of two. */
int bind_watch_lines(lua_State *L, bind_lab *lab)
{
    size_t size;
    const char *source = luaL_checklstring(L, 2, &size);
    lua_Integer lines = luaL_checkinteger(L, 3);
    bind_chronicle *self = calloc(1, sizeof *self);

    if (lab->chronicle || lines < 0 || lines > INT32_MAX || !self) {
        free(self);
        return bind_fail(L, lab, RC_RUNTIME_ERROR, "the lines cannot be watched");
    }
    self->source = strdup(source);
    self->visits = calloc((size_t)lines + 1, sizeof *self->visits);
    self->lines = lines;
    lab->chronicle = self;
    if (!self->source || !self->visits) {
        bind_chronicle_close(lab);
        return bind_fail(L, lab, RC_MEMORY_ERROR, "out of memory");
    }
    lua_pushvalue(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lab_key);
    lua_pushvalue(L, 4);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &function_key);
    bind_observe(lab);
    lua_sethook(lab->main, on_line, LUA_MASKLINE, 0);   /* coroutines inherit it */
    return 0;
}

/* lab:watched_lines() -> the last line that began to run, how many visits to lines were
 * left out though something was new */
int bind_watched_lines(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, lab->chronicle ? lab->chronicle->line : 0);
    lua_pushinteger(L, lab->chronicle ? (lua_Integer)lab->chronicle->skipped : 0);
    return 2;
}

void bind_chronicle_close(bind_lab *lab)
{
    if (lab->chronicle) {
        free(lab->chronicle->source);
        free(lab->chronicle->visits);
        free(lab->chronicle);
    }
    lab->chronicle = NULL;
}
