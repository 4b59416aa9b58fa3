/* What the dead were, and how they died: a ring of the last deaths of objects that a
 * handle was made for.  Nothing here may raise: it runs in the middle of the heap. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* The number of a text, remembered; 0 when there are too many. */
static uint32_t remember(bind_texts *texts, const char *text)
{
    for (uint32_t i = texts->count; i-- > 1;)
        if (strcmp(texts->texts[i], text) == 0)
            return i;
    if (texts->count >= BIND_TEXTS)
        return 0;
    if (texts->count == texts->room) {
        uint32_t room = texts->room ? 2 * texts->room : 8;
        char **bigger = realloc(texts->texts, room * sizeof *bigger);
        if (!bigger)
            return 0;
        texts->texts = bigger;
        texts->room = room;
    }
    if (texts->count == 0)
        texts->texts[texts->count++] = NULL;            /* number 0: not known */
    texts->texts[texts->count] = strdup(text);
    return texts->texts[texts->count] ? texts->count++ : 0;
}

/* Once a word: which line is running. */
void bind_locate_once(bind_lab *lab)
{
    bind_running *running = &lab->running;
    lua_Debug place;

    if (running->located)
        return;
    running->located = true;
    running->source = 0;
    running->line = 0;
    if (bind_locate(running->L, lab, &place)) {
        running->source = remember(&lab->texts, place.short_src);
        running->line = place.currentline;
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
        .act = running->act ? running->act : running->word ? running->word->title : "?",
        .detail = running->detail ? remember(&lab->texts, running->detail) : 0,
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

/* Push "list #12, destroyed by del "v1" at cycle.lua:7". */
const char *bind_push_death(lua_State *L, bind_lab *lab, const bind_handle *handle)
{
    const bind_death *death = find(lab, handle->watch);

    lua_pushfstring(L, "%s #%I", bind_type_of(lab, handle),
                    (LUAI_UACINT)bind_birth(lab, handle));
    if (!death)
        lua_pushliteral(L, ", destroyed long ago");
    else {
        const char *detail = lab->texts.count && death->detail ? lab->texts.texts[death->detail] : "?";
        if (strstr(death->act, "%s"))
            lua_pushfstring(L, death->act, detail);
        else
            lua_pushstring(L, death->act);
        const char *act = lua_tostring(L, -1);
        if (death->line)
            lua_pushfstring(L, ", destroyed by %s%s at %s:%d",
                            death->by_collector ? "the collector in " : "", act,
                            lab->texts.texts && death->source ? lab->texts.texts[death->source] : "?",
                            death->line);
        else
            lua_pushfstring(L, ", destroyed by %s%s",
                            death->by_collector ? "the collector in " : "", act);
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
    for (uint32_t i = 1; i < lab->texts.count; i++)
        free(lab->texts.texts[i]);
    free(lab->texts.texts);
    free(lab->deaths);
    lab->texts = (bind_texts) { 0 };
    lab->deaths = NULL;
    lab->death_room = 0;
    lab->death_count = 0;
}
