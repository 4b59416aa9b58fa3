/* What the dead were, and how they died: a ring of the last deaths of objects that a
 * handle was made for, and one of all deaths since heap.snapshot() was first called.  What
 * remembers may not raise: it runs in the middle of the heap. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* Mostly the word is called by the source that called the last one: its text is known
 * then, and that errors may point to it. */
static bool place_in_same_source(bind_lab *lab)
{
    bind_running *running = &lab->running;
    const bind_source *last = &lab->last_source;
    lua_Debug place;

    if (!last->number || !lua_getstack(running->L, 1, &place))
        return false;
    lua_getinfo(running->L, "Sl", &place);
    if (place.source != last->given || strcmp(place.source, last->text) != 0)
        return false;
    running->source = last->number;
    running->line = place.currentline;
    return true;
}

static void keep_source(bind_lab *lab, const char *source, uint32_t number)
{
    bind_source *last = &lab->last_source;

    last->number = strlen(source) < sizeof last->text ? number : 0;
    if (last->number) {
        last->given = source;
        strcpy(last->text, source);
    }
}

/* Once a word: which line is running. */
void bind_locate_once(bind_lab *lab)
{
    bind_running *running = &lab->running;
    lua_Debug place;

    if (running->located)
        return;
    running->located = true;
    if (place_in_same_source(lab))
        return;
    running->source = 0;
    running->line = 0;
    if (bind_locate(running->L, lab, &place)) {
        running->source = bind_remember(&lab->texts, place.short_src);
        running->line = place.currentline;
        keep_source(lab, place.source, running->source);
    }
}

static bool make_room(bind_deaths *deaths)
{
    uint32_t room = deaths->room ? 4 * deaths->room : 64;
    bind_death *bigger = realloc(deaths->ring, room * sizeof *bigger);

    if (!bigger)
        return false;
    deaths->ring = bigger;
    deaths->room = room;
    return true;
}

/* Remember a death, in place of an old one when there are `most`. */
static void add_death(bind_lab *lab, bind_deaths *deaths, uint32_t most, const rc_death *death)
{
    bind_running *running = &lab->running;

    if (deaths->count >= deaths->room && deaths->room < most && !make_room(deaths))
        return;
    bind_locate_once(lab);
    deaths->ring[deaths->count++ & (deaths->room - 1)] = (bind_death) {
        .watch = death->watch, .birth = death->birth, .type = rc_typename(death->object),
        .source = running->source, .line = running->line,
        .act = bind_act(running),
        .detail = running->detail ? bind_remember(&lab->texts, running->detail) : 0,
        .by_collector = death->by_collector,
    };
}

void bind_died(void *context, const rc_death *death)
{
    bind_lab *lab = context;

    add_death(lab, &lab->deaths, BIND_DEATHS, death);
}

/* An object is destroyed, and a snapshot may know it. */
void bind_note_death(bind_lab *lab, const rc_event *event)
{
    rc_death death = {
        .watch = event->object->birth, .object = event->object,
        .birth = rc_birth(lab->heap, event->object), .by_collector = event->by_collector,
    };

    add_death(lab, &lab->notes, BIND_NOTES, &death);
}

/* lab:note_deaths(): from now on, of all objects */
int bind_note_deaths(lua_State *L, bind_lab *lab)
{
    (void)L;
    lab->noting = true;
    bind_observe(lab);
    return 0;
}

static const bind_death *find(const bind_lab *lab, uint32_t watch)
{
    const bind_deaths *deaths = &lab->deaths;
    uint64_t known = deaths->count < deaths->room ? deaths->count : deaths->room;

    for (uint64_t i = 1; i <= known; i++) {
        const bind_death *death = &deaths->ring[(deaths->count - i) & (deaths->room - 1)];
        if (death->watch == watch)
            return death;
    }
    return NULL;
}

/* What its type is called, or was. */
const char *bind_type_of(const bind_lab *lab, const bind_handle *handle)
{
    if (lab->heap && rc_watched(lab->heap, handle->watch))
        return rc_typename(handle->object);
    const bind_death *death = find(lab, handle->watch);
    return death ? death->type : handle->type ? rc_type_name(handle->type) : "nothing";
}

/* Push "del "v1"", "the collector in gc.collect". */
const char *bind_push_act(lua_State *L, const char *act, const char *detail, bool by_collector)
{
    lua_pushstring(L, by_collector ? "the collector in " : "");
    if (strstr(act, "%s"))
        lua_pushfstring(L, act, detail);
    else
        lua_pushstring(L, act);
    lua_concat(L, 2);
    return lua_tostring(L, -1);
}

/* Push "destroyed by del "v1" at cycle.lua:7". */
static void push_how(lua_State *L, const bind_lab *lab, const bind_death *death)
{
    const char *act = bind_push_act(L, death->act, bind_text(&lab->texts, death->detail),
                                    death->by_collector);
    if (death->line)
        lua_pushfstring(L, "destroyed by %s at %s:%d", act, bind_text(&lab->texts, death->source),
                        death->line);
    else
        lua_pushfstring(L, "destroyed by %s", act);
    lua_remove(L, -2);
}

/* Push "list #12, destroyed by del "v1" at cycle.lua:7". */
const char *bind_push_death(lua_State *L, bind_lab *lab, const bind_handle *handle)
{
    const bind_death *death = find(lab, handle->watch);

    lua_pushfstring(L, "%s #%I, ", bind_type_of(lab, handle),
                    (LUAI_UACINT)bind_birth(lab, handle));
    if (death)
        push_how(L, lab, death);
    else
        lua_pushliteral(L, "destroyed long ago");
    lua_concat(L, 2);
    return lua_tostring(L, -1);
}

/* lab:deaths(wanted) -> for each birth that is a key of `wanted` and whose death is known,
 * { by = "count" | "collector", how = text } */
int bind_push_deaths(lua_State *L, bind_lab *lab)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_newtable(L);
    uint64_t first = lab->notes.count < lab->notes.room ? 0 : lab->notes.count - lab->notes.room;
    for (uint64_t i = first; i < lab->notes.count; i++) {
        bind_death death = lab->notes.ring[i & (lab->notes.room - 1)];
        bool wanted = lua_rawgeti(L, 2, (lua_Integer)death.birth) != LUA_TNIL;
        lua_pop(L, 1);
        if (!wanted)
            continue;
        lua_createtable(L, 0, 2);
        lua_pushstring(L, death.by_collector ? "collector" : "count");
        lua_setfield(L, -2, "by");
        push_how(L, lab, &death);
        lua_setfield(L, -2, "how");
        lua_rawseti(L, 3, (lua_Integer)death.birth);
    }
    return 1;
}

int bind_raise_dead(lua_State *L, bind_lab *lab, const bind_handle *handle)
{
    luaL_checkstack(L, 8, NULL);
    bind_push_place(L, lab);
    lua_pushliteral(L, "dead object: ");
    bind_push_death(L, lab, handle);
    lua_pushfstring(L, " (in %s)", lab->running.word ? lab->running.word->title : "?");
    lua_concat(L, 4);
    return bind_error(L, lab);
}

void bind_deaths_close(bind_lab *lab)
{
    free(lab->deaths.ring);
    free(lab->notes.ring);
    bind_texts_close(&lab->texts);
    lab->deaths = lab->notes = (bind_deaths) { 0 };
}
