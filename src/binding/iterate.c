/* Walks: `for x in iter(l)`, `for k in keys(d)`, `for k, v in items(d)`.
 *
 * A walk is a Lua userdata.  Like a handle it counts nothing: it keeps the handle of
 * what it walks, and meets a dead one at its next step. */
#include "binding.h"

#include <string.h>

typedef struct walk {
    size_t position, expected, given;   /* of an rc_iterator, between steps */
    bool values;                        /* gives the values too */
    bool started, ended;
} walk;

static int end_walk(lua_State *L, walk *self)
{
    self->ended = true;
    lua_pushnil(L);
    return 1;
}

/* Push one item, taken; a character of a str may be a new object. */
static void push_item(lua_State *L, bind_lab *lab, RC_TAKEN rc_object *item)
{
    bind_operand(L, lab, item);
    if (bind_others(lab, item) > 0) {
        bind_push(L, lab, item);
        return;
    }
    bind_handle *handle = bind_new_handle(L, lab);
    rc_hold(lab->heap, item, RC_FOR_TEMPORARY, NULL);
    bind_return(L, lab, handle, item);
}

/* walk -> item[, value] */
static int step(lua_State *L, bind_lab *lab)
{
    walk *self = lua_touserdata(L, 1);
    rc_iterator iterator;
    rc_object *item, *value = NULL;

    if (self->ended)
        return end_walk(L, self);
    lua_getiuservalue(L, 1, 1);
    rc_object *container = bind_look(L, lab, -1);
    if (!rc_iterator_start(lab->heap, &iterator, container))
        return bind_raise(L, lab);
    if (self->started) {
        iterator.position = self->position;
        iterator.expected = self->expected;
        iterator.given = self->given;
    }
    bool worked = rc_iterator_next(lab->heap, &iterator, &item, self->values ? &value : NULL);
    self->position = iterator.position;
    self->expected = iterator.expected;
    self->given = iterator.given;
    self->started = true;
    rc_iterator_end(lab->heap, &iterator);
    if (!worked)
        return bind_raise(L, lab);
    if (!item)
        return end_walk(L, self);
    if (value && !rc_operand_push(lab->heap, value)) {
        rc_release(lab->heap, item, RC_FOR_CALLER, NULL);
        return bind_raise(L, lab);
    }
    BIND_TELL(lab, rc_record_read, item, container, (int64_t)self->position - 1);
    push_item(L, lab, item);
    if (value) {
        BIND_TELL(lab, rc_record_read, value, container, -1);
        bind_push(L, lab, value);
    }
    return value ? 2 : 1;
}

/* iter(x), keys(d), items(d) -> walk */
int bind_walk(lua_State *L, bind_lab *lab)
{
    const char *word = lab->running.word->name;
    rc_object *container = strcmp(word, "iter") == 0 ? bind_look(L, lab, 1)
                                                     : bind_check(L, lab, 1, &rc_dict_type);
    rc_iterator iterator;

    if (!rc_iterator_start(lab->heap, &iterator, container))
        return bind_raise(L, lab);
    size_t expected = iterator.expected;
    rc_iterator_end(lab->heap, &iterator);

    walk *self = lua_newuserdatauv(L, sizeof *self, 1);
    *self = (walk) { .expected = expected, .started = true, .values = strcmp(word, "items") == 0 };
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    lua_rawgeti(L, lab->running.anchors, BIND_WALK_METATABLE);
    lua_setmetatable(L, -2);
    return 1;
}

static int call_walk(lua_State *L, bind_lab *lab)
{
    if (lua_rawlen(L, 1) != sizeof(walk))
        return bind_fail(L, lab, RC_TYPE_ERROR, "expected a walk");
    return step(L, lab);
}

void bind_open_walks(lua_State *L, int lab, int anchors)
{
    static const bind_word words[] = {
        { "__call", "a walk", call_walk, 1, 3, BIND_LOOKS, "for x in iter(l)" },
        { NULL }
    };
    lua_newtable(L);
    bind_set_words(L, lab, anchors, words);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "walk");
    lua_setfield(L, -2, "__name");
    lua_rawseti(L, anchors, BIND_WALK_METATABLE);
}
