/* From Lua values to heap objects and back. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* An operand until the word returns; NULL raises the heap's error. */
rc_object *bind_operand(lua_State *L, bind_lab *lab, rc_object *object)
{
    if (RC_UNLIKELY(!object || !rc_operand_push(lab->heap, object)))
        bind_raise(L, lab);
    return object;
}

/* The same of a value that was made for it. */
static rc_object *made_operand(lua_State *L, bind_lab *lab, rc_object *value)
{
    bind_operand(L, lab, value);
    BIND_TELL(lab, rc_record_value, value);
    return value;
}

rc_object *bind_convert(lua_State *L, bind_lab *lab, int arg)
{
    bind_handle *handle = bind_test(L, arg);
    size_t size;

    if (handle)
        return bind_hold(L, lab, handle);
    if (RC_UNLIKELY(lab->locked) && (lua_type(L, arg) == LUA_TNUMBER || lua_type(L, arg) == LUA_TSTRING)
        && bind_is_walked(L, lab))
        bind_fail(L, lab, RC_RUNTIME_ERROR, "%s would become an object, but the heap cannot be changed while "
                  "gc.steps is being walked: " BIND_END_STEPS, bind_describe(L, arg));
    switch (lua_type(L, arg)) {
    case LUA_TNUMBER:
        if (lua_isinteger(L, arg))
            return made_operand(L, lab, rc_int_new(lab->heap, lua_tointeger(L, arg)));
        return made_operand(L, lab, rc_float_new(lab->heap, lua_tonumber(L, arg)));
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, arg, &size);
        return made_operand(L, lab, rc_str_new(lab->heap, text, size));
    }
    case LUA_TBOOLEAN: {
        rc_object *object = rc_bool(lab->heap, lua_toboolean(L, arg));
        rc_hold(lab->heap, object, RC_FOR_OPERAND, NULL);
        return bind_operand(L, lab, object);
    }
    case LUA_TNIL:
    case LUA_TNONE:
        bind_fail(L, lab, RC_TYPE_ERROR,
                  "nil is no Python object (a name that is not bound?); write None");
        break;
    case LUA_TTABLE:
        bind_fail(L, lab, RC_TYPE_ERROR,
                  "a Lua table is no heap object; write list{\xE2\x80\xA6}, dict{\xE2\x80\xA6} or another of the making words");
        break;
    case LUA_TFUNCTION:
        bind_fail(L, lab, RC_TYPE_ERROR,
                  "a Lua function is no heap object; call it, or keep it in a local");
        break;
    default:
        if (bind_test_class(L, lab, arg))
            bind_fail(L, lab, RC_TYPE_ERROR, "a class is no heap object; call it to make an instance");
        bind_fail(L, lab, RC_TYPE_ERROR, "%s is no heap object", bind_describe(L, arg));
    }
    return NULL;
}

/* ---------------------------------------------------------------------- numbers -- */

const char *bind_python_type(lua_State *L, bind_lab *lab, int arg)
{
    bind_handle *handle = bind_test(L, arg);

    if (handle)
        return bind_type_of(lab, handle);
    switch (lua_type(L, arg)) {
    case LUA_TNUMBER:
        return lua_isinteger(L, arg) ? "int" : "float";
    case LUA_TSTRING:
        return "str";
    case LUA_TBOOLEAN:
        return "bool";
    case LUA_TNIL:
    case LUA_TNONE:
        return "NoneType";
    default:
        return luaL_typename(L, arg);
    }
}

/* A Lua integer or boolean, an int or a bool. */
static bool read_integer(lua_State *L, bind_lab *lab, int arg, lua_Integer *value)
{
    bind_handle *handle = bind_test(L, arg);

    if (lua_isinteger(L, arg))
        *value = lua_tointeger(L, arg);
    else if (lua_isboolean(L, arg))
        *value = lua_toboolean(L, arg);
    else if (handle && (handle->type == &rc_int_type || handle->type == &rc_bool_type))
        *value = rc_int_value(bind_hold(L, lab, handle));
    else
        return false;
    return true;
}

static int refuse(lua_State *L, bind_lab *lab, int arg, rc_wording says)
{
    const char *type = bind_python_type(L, lab, arg);

    if (strcmp(type, "float") == 0)
        says = RC_SAYS_FLOAT_NO_INTEGER;
    return bind_fail_worded(L, lab, RC_TYPE_ERROR, says, type, NULL, NULL);
}

/* An integer for a function of Python's that takes a C int or so. */
lua_Integer bind_integer(lua_State *L, bind_lab *lab, int arg)
{
    lua_Integer value;
    return read_integer(L, lab, arg, &value) ? value : refuse(L, lab, arg, RC_SAYS_NO_INTEGER);
}

/* A position in a list, for a method. */
int64_t bind_position(lua_State *L, bind_lab *lab, int arg)
{
    lua_Integer value;
    return read_integer(L, lab, arg, &value) ? value : refuse(L, lab, arg, RC_SAYS_NO_INDEX);
}

/* An index into a sequence of that type. */
int64_t bind_index(lua_State *L, bind_lab *lab, int arg, const rc_type *type)
{
    lua_Integer value;

    if (read_integer(L, lab, arg, &value))
        return value;
    return bind_fail_worded(L, lab, RC_TYPE_ERROR, RC_SAYS_NO_SUBSCRIPT, rc_type_name(type),
                            bind_python_type(L, lab, arg), NULL);
}

/* ------------------------------------------------------------------------ types -- */

/* The type called so by a name ("list"), by the word that makes it, or by a class; then
 * *class is that class, or *name what the instances' class must be called. */
const rc_type *bind_type_argument(lua_State *L, bind_lab *lab, int arg, rc_class **class,
                                  const char **name)
{
    const char *wanted = NULL;

    *class = bind_test_class(L, lab, arg);
    *name = NULL;
    if (*class)
        return &rc_instance_type;
    if (lua_type(L, arg) == LUA_TSTRING)
        wanted = lua_tostring(L, arg);
    else if (lua_tocfunction(L, arg) == bind_call_word && lua_getupvalue(L, arg, 1)) {
        wanted = ((const bind_bound *)lua_touserdata(L, -1))->word->name;
        lua_pop(L, 1);
    }
    if (!wanted)
        bind_fail(L, lab, RC_TYPE_ERROR, "expected the name of a type, as \"list\", or a class; got %s",
                  bind_describe(L, arg));
    for (int i = 0; i < RC_TYPES; i++)
        if (strcmp(rc_type_name(rc_type_at((rc_type_index)i)), wanted) == 0)
            return rc_type_at((rc_type_index)i);
    if (!bind_has_class(lab, wanted))
        bind_fail(L, lab, RC_VALUE_ERROR, "no type is called '%s'", wanted);
    *name = wanted;
    return &rc_instance_type;
}

/* ---------------------------------------------------------------- back to Lua -- */

void bind_push_value(lua_State *L, bind_lab *lab, rc_object *object)
{
    size_t size;

    switch (rc_type_number(object->type)) {
    case RC_NONE:
        lua_pushnil(L);
        break;
    case RC_BOOL:
        lua_pushboolean(L, rc_int_value(object) != 0);
        break;
    case RC_INT:
        lua_pushinteger(L, rc_int_value(object));
        break;
    case RC_FLOAT:
        lua_pushnumber(L, rc_float_value(object));
        break;
    case RC_STR: {
        const char *text = rc_str_text(object, &size);
        lua_pushlstring(L, text, size);
        break;
    }
    default:
        bind_fail(L, lab, RC_TYPE_ERROR, "a %s has no Lua value; take its items one by one",
                  rc_typename(object));
    }
}

/* repr goes into a buffer of the lab: Lua's own could raise through the heap. */
static bool write_text(void *context, const char *text, size_t size)
{
    bind_lab *lab = context;

    if (size > lab->text_room - lab->text_size) {
        size_t room = 2 * (lab->text_size + size) + 64;
        char *bigger = realloc(lab->text, room);
        if (!bigger)
            return false;
        lab->text = bigger;
        lab->text_room = room;
    }
    memcpy(lab->text + lab->text_size, text, size);
    lab->text_size += size;
    return true;
}

void bind_push_repr(lua_State *L, bind_lab *lab, rc_object *object)
{
    lab->text_size = 0;
    if (!rc_repr(lab->heap, object, (rc_sink) { write_text, lab }))
        bind_raise(L, lab);
    lua_pushlstring(L, lab->text ? lab->text : "", lab->text_size);
}
