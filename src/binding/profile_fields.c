/* Profiles as Lua tables, and settings of one's own. */
#include "binding.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Push what stands in a field: a number, a boolean, a sequence of numbers, a name. */
static void push_field(lua_State *L, const rc_profile *profile, const rc_profile_field *field)
{
    const int64_t *numbers;

    switch (field->kind) {
    case RC_PROFILE_STRATEGY:
        lua_pushstring(L, rc_profile_strategy(profile, field)->name);
        break;
    case RC_PROFILE_NUMBERS:
        numbers = rc_profile_numbers(profile, field);
        lua_createtable(L, RC_GENERATIONS, 0);
        for (int i = 0; i < RC_GENERATIONS; i++) {
            lua_pushinteger(L, numbers[i]);
            lua_rawseti(L, -2, i + 1);
        }
        break;
    case RC_PROFILE_YES_NO:
        lua_pushboolean(L, *rc_profile_numbers(profile, field) != 0);
        break;
    case RC_PROFILE_NUMBER:
        lua_pushinteger(L, *rc_profile_numbers(profile, field));
        break;
    }
}

/* Push a profile as a sequence of its fields, with its name and summary. */
static void push_profile(lua_State *L, const rc_profile *profile)
{
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    lua_createtable(L, (int)count, 2);
    lua_pushstring(L, profile->name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, profile->summary);
    lua_setfield(L, -2, "summary");
    for (size_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 5);
        lua_pushstring(L, fields[i].name);
        lua_setfield(L, -2, "name");
        push_field(L, profile, &fields[i]);
        lua_setfield(L, -2, "value");
        lua_pushstring(L, fields[i].unit);
        lua_setfield(L, -2, "unit");
        lua_pushstring(L, fields[i].help);
        lua_setfield(L, -2, "help");
        lua_pushstring(L, rc_profile_source(profile, &fields[i]));
        lua_setfield(L, -2, "source");
        if (fields[i].kind == RC_PROFILE_STRATEGY) {
            lua_pushstring(L, rc_profile_strategy(profile, &fields[i])->help);
            lua_setfield(L, -2, "meaning");
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void bind_push_profiles(lua_State *L)
{
    lua_newtable(L);
    for (size_t i = 0; rc_profile_at(i); i++) {
        push_profile(L, rc_profile_at(i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ---------------------------------------------------------------------- settings -- */

/* How many letters have to change to make b of a; both are short. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], size = strlen(b);

    if (size >= sizeof row / sizeof *row)
        return SIZE_MAX;
    for (size_t j = 0; j <= size; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < size; j++) {
            size_t change = corner + (a[i] != b[j]), least = row[j] + 1;
            corner = row[j + 1];
            if (corner + 1 < least)
                least = corner + 1;
            row[j + 1] = change < least ? change : least;
        }
    }
    return row[size];
}

/* Push "; did you mean 'float_free'?", or nothing where no field's name is near. */
static const char *push_hint(lua_State *L, const char *name)
{
    size_t count, least = strlen(name) / 3 + 2;         /* so many changes are too many */
    const rc_profile_field *fields = rc_profile_fields(&count);
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++)
        if (distance(name, fields[i].name) < least) {
            least = distance(name, fields[i].name);
            nearest = fields[i].name;
        }
    return nearest ? lua_pushfstring(L, "; did you mean '%s'?", nearest) : lua_pushliteral(L, "");
}

/* Set a field to the Lua value at `value`; NULL or what is wrong. */
static const char *set_field(lua_State *L, rc_profile *profile, const rc_profile_field *field,
                             int value)
{
    int64_t numbers[RC_GENERATIONS];
    size_t count = 1;

    if (field->kind == RC_PROFILE_STRATEGY)
        return lua_type(L, value) == LUA_TSTRING
               ? rc_profile_set_strategy(profile, field, lua_tostring(L, value))
               : "the name of a strategy is expected";
    if (lua_isboolean(L, value) && field->kind == RC_PROFILE_YES_NO)
        numbers[0] = lua_toboolean(L, value);
    else if (lua_isinteger(L, value))
        numbers[0] = lua_tointeger(L, value);
    else if (lua_istable(L, value) && field->kind == RC_PROFILE_NUMBERS) {
        count = (size_t)lua_rawlen(L, value);
        if (count > RC_GENERATIONS)
            return "there are three generations";
        for (size_t i = 0; i < count; i++) {
            lua_rawgeti(L, value, (lua_Integer)i + 1);
            bool integer = lua_isinteger(L, -1);
            numbers[i] = lua_tointeger(L, -1);
            lua_pop(L, 1);
            if (!integer)
                return "whole numbers are expected";
        }
    } else
        return field->kind == RC_PROFILE_NUMBERS ? "three whole numbers are expected, as {700, 10, 10}"
               : field->kind == RC_PROFILE_YES_NO ? "true or false is expected"
                                                  : "a whole number is expected";
    return rc_profile_set_numbers(profile, field, numbers, count);
}

/* Raise a plain error if a key of the table at `table` is no field: of several, the one
 * that sorts first, since Lua shows them in no order of their own. */
static void refuse_unknown(lua_State *L, int table)
{
    const char *unknown = NULL;

    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "settings are given by name, as {float_free = 0}");
        const char *name = lua_tostring(L, -1);
        if (!rc_profile_find_field(name) && (!unknown || strcmp(name, unknown) < 0))
            unknown = name;
    }
    if (unknown)
        luaL_error(L, "no profile field is called '%s'%s", unknown, push_hint(L, unknown));
}

/* Set each field that the table at `table` names; a wrong one raises a plain error. */
void bind_set_fields(lua_State *L, int table, rc_profile *profile)
{
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    refuse_unknown(L, table);
    for (size_t i = 0; i < count; i++) {
        if (lua_getfield(L, table, fields[i].name) != LUA_TNIL) {
            const char *wrong = set_field(L, profile, &fields[i], lua_gettop(L));
            if (wrong)
                luaL_error(L, "%s: %s", fields[i].name, wrong);
        }
        lua_pop(L, 1);
    }
}

/* ------------------------------------------------------------------ heap.profile -- */

/* heap.profile.name */
int bind_get_profile_field(lua_State *L, bind_lab *lab)
{
    const rc_profile *profile = rc_heap_profile(lab->heap);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    const rc_profile_field *field = rc_profile_find_field(name);

    if (field)
        push_field(L, profile, field);
    else if (strcmp(name, "name") == 0)
        lua_pushstring(L, profile->name);
    else if (strcmp(name, "summary") == 0)
        lua_pushstring(L, profile->summary);
    else
        return bind_fail(L, lab, RC_ATTRIBUTE_ERROR,
                         "no profile field is called '%s'%s", name, push_hint(L, name));
    return 1;
}

/* pairs(heap.profile): over a copy */
int bind_walk_profile(lua_State *L, bind_lab *lab)
{
    const rc_profile *profile = rc_heap_profile(lab->heap);
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    lua_getglobal(L, "next");
    lua_createtable(L, 0, (int)count + 1);
    lua_pushstring(L, profile->name);
    lua_setfield(L, -2, "name");
    for (size_t i = 0; i < count; i++) {
        push_field(L, profile, &fields[i]);
        lua_setfield(L, -2, fields[i].name);
    }
    return 2;
}
