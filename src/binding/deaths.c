/* What the dead were, and how they died: a ring of the last deaths of objects that a
 * handle was made for.  Nothing here may raise: it runs in the middle of the heap. */
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

static bool make_room(bind_lab *lab)
{
    uint32_t room = lab->death_room ? 4 * lab->death_room : 64;
    bind_death *bigger = realloc(lab->deaths, room * sizeof *bigger);

    if (!bigger)
        return false;
    lab->deaths = bigger;
    lab->death_room = room;
    return true;
}

void bind_died(void *context, const rc_death *death)
{
    bind_lab *lab = context;
    bind_running *running = &lab->running;

    if (lab->death_count >= lab->death_room && lab->death_room < BIND_DEATHS && !make_room(lab))
        return;
    bind_locate_once(lab);
    lab->deaths[lab->death_count++ & (lab->death_room - 1)] = (bind_death) {
        .watch = death->watch, .birth = death->birth, .type = rc_typename(death->object),
        .source = running->source, .line = running->line,
        .act = bind_act(running),
        .detail = running->detail ? bind_remember(&lab->texts, running->detail) : 0,
        .by_collector = death->by_collector,
    };
}

static const bind_death *find(const bind_lab *lab, uint32_t watch)
{
    uint64_t known = lab->death_count < lab->death_room ? lab->death_count : lab->death_room;

    for (uint64_t i = 1; i <= known; i++) {
        const bind_death *death = &lab->deaths[(lab->death_count - i) & (lab->death_room - 1)];
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

/* Push "list #12, destroyed by del "v1" at cycle.lua:7". */
const char *bind_push_death(lua_State *L, bind_lab *lab, const bind_handle *handle)
{
    const bind_death *death = find(lab, handle->watch);

    lua_pushfstring(L, "%s #%I", bind_type_of(lab, handle),
                    (LUAI_UACINT)bind_birth(lab, handle));
    if (!death)
        lua_pushliteral(L, ", destroyed long ago");
    else {
        const char *act = bind_push_act(L, death->act, bind_text(&lab->texts, death->detail),
                                        death->by_collector);
        if (death->line)
            lua_pushfstring(L, ", destroyed by %s at %s:%d", act,
                            bind_text(&lab->texts, death->source), death->line);
        else
            lua_pushfstring(L, ", destroyed by %s", act);
        lua_remove(L, -2);
    }
    lua_concat(L, 2);
    return lua_tostring(L, -1);
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
    free(lab->deaths);
    bind_texts_close(&lab->texts);
    lab->deaths = NULL;
    lab->death_room = 0;
    lab->death_count = 0;
}
