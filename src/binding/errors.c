/* Errors: where, what, in which word, on which object; and errors that nobody can
 * catch. */
#include "binding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------ where -- */

static bool is_hidden(const bind_lab *lab, const char *source)
{
    if (strncmp(source, "=[refchain", 10) == 0)
        return true;
    for (char **hidden = lab->hidden; hidden && *hidden; hidden++)
        if (strcmp(*hidden, source) == 0)
            return true;
    return false;
}

/* The innermost function of the scenario.  Allocates nothing. */
bool bind_locate(lua_State *L, bind_lab *lab, lua_Debug *place)
{
    for (int level = 0; lua_getstack(L, level, place); level++) {
        lua_getinfo(L, "Sl", place);
        if (place->currentline > 0 && !is_hidden(lab, place->source))
            return true;
    }
    return false;
}

/* Push "cycle.lua:7: ", or nothing much. */
void bind_push_place(lua_State *L, bind_lab *lab)
{
    lua_Debug place;

    if (bind_locate(L, lab, &place))
        lua_pushfstring(L, "%s:%d: ", place.short_src, place.currentline);
    else
        lua_pushliteral(L, "");
}

/* ------------------------------------------------------------------------- what -- */

/* Push " (in set.add on set #3)". */
static void push_subject(lua_State *L, bind_lab *lab)
{
    const bind_word *word = lab->running.word;
    bind_handle *handle = lua_gettop(L) > 0 ? bind_test(L, 1) : NULL;

    if (!word)
        lua_pushliteral(L, "");
    else if (handle && handle->lab == lab && rc_watched(lab->heap, handle->watch)
             && bind_birth(lab, handle) > 0)
        lua_pushfstring(L, " (in %s on %s #%I)", word->title, rc_typename(handle->object),
                        (LUAI_UACINT)bind_birth(lab, handle));
    else
        lua_pushfstring(L, " (in %s)", word->title);
}

/* Raise the error on top of the stack: the word ends here. */
int bind_error(lua_State *L, bind_lab *lab)
{
    if (lab->heap) {
        bind_release_operands(lab, lab->running.operands);
        bind_settle(lab, lab->running.stores);
    }
    lab->depth = 0;
    return lua_error(L);
}

int bind_raise(lua_State *L, bind_lab *lab)
{
    rc_error error = *rc_heap_error(lab->heap);

    BIND_TELL(lab, rc_record_failed, error.kind);
    luaL_checkstack(L, 8, NULL);
    bind_push_place(L, lab);
    lua_pushfstring(L, "%s: %s", rc_heap_error_name(lab->heap), error.message);
    push_subject(L, lab);
    lua_concat(L, 3);
    return bind_error(L, lab);
}

int bind_fail(lua_State *L, bind_lab *lab, rc_error_kind kind, const char *format, ...)
{
    char message[RC_ERROR_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    rc_raise(lab->heap, kind, "%s", message);
    return bind_raise(L, lab);
}

int bind_fail_worded(lua_State *L, bind_lab *lab, rc_error_kind kind, rc_wording says,
                     const char *first, const char *second, const char *third)
{
    rc_raise_worded(lab->heap, kind, says, first, second, third);
    return bind_raise(L, lab);
}

/* "the Lua number 5", "nil": pushed. */
const char *bind_describe(lua_State *L, int arg)
{
    bind_handle *handle = bind_test(L, arg);

    if (handle)
        return lua_pushfstring(L, "a heap object of type %s",
                               handle->type ? rc_type_name(handle->type) : "nothing");
    switch (lua_type(L, arg)) {
    case LUA_TNIL:
    case LUA_TNONE:
        return lua_pushliteral(L, "nil");
    case LUA_TNUMBER:
        if (lua_isinteger(L, arg))
            return lua_pushfstring(L, "the Lua number %I", (LUAI_UACINT)lua_tointeger(L, arg));
        return lua_pushfstring(L, "the Lua number %f", (LUAI_UACNUMBER)lua_tonumber(L, arg));
    case LUA_TSTRING:
        if (lua_rawlen(L, arg) > 40)
            return lua_pushliteral(L, "a Lua string");
        return lua_pushfstring(L, "the Lua string \"%s\"", lua_tostring(L, arg));
    case LUA_TBOOLEAN:
        return lua_pushfstring(L, "the Lua boolean %s", lua_toboolean(L, arg) ? "true" : "false");
    default:
        return lua_pushfstring(L, "a Lua %s", luaL_typename(L, arg));
    }
}

/* ------------------------------------------------------------ nobody catches them -- */

typedef struct message {
    const char *text;
    size_t size;
} message;

static void write_body(lua_State *L, bind_lab *lab, void *context)
{
    message *self = context;

    lua_rawgeti(L, 1, BIND_WRITE);
    lua_pushlstring(L, self->text, self->size);
    bind_call(L, lab, 1);
}

/* Write a diagnostic. */
void bind_write(bind_lab *lab, const char *text, size_t size)
{
    lua_State *L = lab->running.L;
    message self = { text, size };

    if (!lua_checkstack(L, 4))
        return;
    lua_rawgeti(L, lab->running.anchors, BIND_WRITE);
    bool given = lua_isfunction(L, -1);
    lua_pop(L, 1);
    if (!given)
        fwrite(text, 1, size, stderr);
    else {
        lab->reporting = 1;
        if (!bind_callback(lab, write_body, &self))
            lua_pop(L, 1);
        lab->reporting = 0;
    }
}

/* error -> its text */
static int error_text(lua_State *L)
{
    if (lua_isstring(L, 1) || luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL)
        luaL_tolstring(L, 1, NULL);
    else
        lua_pushfstring(L, "an error that is a %s", luaL_typename(L, 1));
    return 1;
}

void bind_ignored(bind_lab *lab, rc_wording says, const char *format, ...)
{
    lua_State *L = lab->running.L;
    char what[160], text[BIND_TEXT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);

    lua_pushcfunction(L, error_text);
    lua_insert(L, -2);
    lab->callbacks++;
    int status = bind_protect(L, lab, 1, 1, 0);
    lab->callbacks--;
    const char *error = status == LUA_OK ? lua_tostring(L, -1) : "an error without a text";
    if (!*lab->failure && strstr(error, "AssertionError"))      /* the test must not pass */
        snprintf(lab->failure, sizeof lab->failure, "%s (ignored in the %s)", error, what);
    const char *const texts[RC_WORDING_TEXTS] = { what, error, NULL };
    rc_say(rc_heap_profile(lab->heap), says, texts, text, sizeof text);
    bind_write(lab, text, strlen(text));
    lua_pop(L, 1);
}
