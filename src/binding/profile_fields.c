/* Profiles as Lua tables, and settings of one's own. */
#include "binding.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
    [RC_PROFILE_NUMBER] = "number", [RC_PROFILE_YES_NO] = "yes or no",
    [RC_PROFILE_NUMBERS] = "numbers", [RC_PROFILE_STRATEGY] = "strategy"
};

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

/* What values a field takes: `least` and `greatest`, or the names of its `choices`. */
static void set_allowed(lua_State *L, const rc_profile_field *field)
{
    if (field->kind == RC_PROFILE_STRATEGY) {
        lua_newtable(L);
        for (int i = 0; field->choices[i]; i++) {
            lua_pushstring(L, field->choices[i]->name);
            lua_rawseti(L, -2, i + 1);
        }
        lua_setfield(L, -2, "choices");
        return;
    }
    lua_pushinteger(L, field->least);
    lua_setfield(L, -2, "least");
    lua_pushinteger(L, field->greatest);
    lua_setfield(L, -2, "greatest");
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
        lua_createtable(L, 0, 9);
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
        lua_pushstring(L, kind_names[fields[i].kind]);
        lua_setfield(L, -2, "kind");
        set_allowed(L, &fields[i]);
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

/* Push the names of a strategy's choices: "at once, deferred". */
static void push_choices(lua_State *L, const rc_profile_field *field)
{
    luaL_Buffer names;

    luaL_buffinit(L, &names);
    for (int i = 0; field->choices[i]; i++) {
        if (i > 0)
            luaL_addstring(&names, ", ");
        luaL_addchar(&names, '\'');
        luaL_addstring(&names, field->choices[i]->name);
        luaL_addchar(&names, '\'');
    }
    luaL_pushresult(&names);
}

/* Push what a field takes: "one whole number, 0 to 1000000 (objects)". */
static void push_wanted(lua_State *L, const rc_profile_field *field)
{
    switch (field->kind) {
    case RC_PROFILE_STRATEGY:
        push_choices(L, field);
        lua_pushfstring(L, "the name of a strategy: %s", lua_tostring(L, -1));
        lua_remove(L, -2);
        break;
    case RC_PROFILE_YES_NO:
        lua_pushliteral(L, "true or false");
        break;
    case RC_PROFILE_NUMBERS:
        lua_pushfstring(L, "three whole numbers, as {700, 10, 10}, each from %I to %I",
                        (LUAI_UACINT)field->least, (LUAI_UACINT)field->greatest);
        break;
    case RC_PROFILE_NUMBER:
        lua_pushfstring(L, "a whole number from %I to %I (%s)", (LUAI_UACINT)field->least,
                        (LUAI_UACINT)field->greatest, field->unit);
        break;
    }
}

/* Push a Lua value as a message shows it; of a table how many elements it has. */
static void push_given(lua_State *L, int value)
{
    value = lua_absindex(L, value);
    switch (lua_type(L, value)) {
    case LUA_TSTRING:
        lua_pushfstring(L, "'%s'", lua_tostring(L, value));
        break;
    case LUA_TNUMBER:
    case LUA_TBOOLEAN:
        luaL_tolstring(L, value, NULL);
        break;
    case LUA_TTABLE:
        lua_pushfstring(L, "a table of %d value%s", (int)lua_rawlen(L, value),
                        lua_rawlen(L, value) == 1 ? "" : "s");
        break;
    default:
        lua_pushfstring(L, "a %s", luaL_typename(L, value));
    }
}

/* Push what of a refused value a message shows: of three values the first wrong one. */
static void push_refused(lua_State *L, const rc_profile_field *field, int value)
{
    bool three = field->kind == RC_PROFILE_NUMBERS && lua_istable(L, value)
                 && lua_rawlen(L, value) == RC_GENERATIONS;

    for (int i = 1; three && i <= RC_GENERATIONS; i++) {
        bool whole = lua_rawgeti(L, value, i) == LUA_TNUMBER && lua_isinteger(L, -1);
        lua_Integer number = lua_tointeger(L, -1);
        if (!whole || number < field->least || number > field->greatest) {
            push_given(L, -1);
            lua_pushfstring(L, "value %d (%s)", i, lua_tostring(L, -1));
            return;
        }
        lua_pop(L, 1);
    }
    push_given(L, value);
}

/* Read the numbers of a table; false when they are not whole numbers, or not `count`. */
static bool read_numbers(lua_State *L, int table, int64_t *numbers, int count)
{
    if (!lua_istable(L, table) || (int)lua_rawlen(L, table) != count)
        return false;
    for (int i = 0; i < count; i++) {
        bool whole = lua_rawgeti(L, table, i + 1) == LUA_TNUMBER && lua_isinteger(L, -1);
        numbers[i] = lua_tointeger(L, -1);
        lua_pop(L, 1);
        if (!whole)
            return false;
    }
    return true;
}

/* Set a field to the Lua value at `value`; false if it does not take that. */
static bool set_field(lua_State *L, rc_profile *profile, const rc_profile_field *field, int value)
{
    int64_t numbers[RC_GENERATIONS];

    if (field->kind == RC_PROFILE_STRATEGY)
        return lua_type(L, value) == LUA_TSTRING
               && !rc_profile_set_strategy(profile, field, lua_tostring(L, value));
    if (field->kind == RC_PROFILE_NUMBERS)
        return read_numbers(L, value, numbers, RC_GENERATIONS)
               && !rc_profile_set_numbers(profile, field, numbers, RC_GENERATIONS);
    if (lua_isboolean(L, value) && field->kind == RC_PROFILE_YES_NO)
        numbers[0] = lua_toboolean(L, value);
    else if (lua_type(L, value) == LUA_TNUMBER && lua_isinteger(L, value))
        numbers[0] = lua_tointeger(L, value);
    else
        return false;
    return !rc_profile_set_numbers(profile, field, numbers, 1);
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

/* Add a field's value to a name, as "thresholds = {2000, 10, 10}". */
static void add_setting(lua_State *L, luaL_Buffer *name, const rc_profile *profile,
                        const rc_profile_field *field)
{
    const int64_t *numbers = rc_profile_numbers(profile, field);

    luaL_addstring(name, field->name);
    luaL_addstring(name, " = ");
    switch (field->kind) {
    case RC_PROFILE_STRATEGY:
        luaL_addstring(name, rc_profile_strategy(profile, field)->name);
        break;
    case RC_PROFILE_YES_NO:
        luaL_addstring(name, *numbers ? "yes" : "no");
        break;
    case RC_PROFILE_NUMBER:
        lua_pushinteger(L, *numbers);
        luaL_addvalue(name);
        break;
    case RC_PROFILE_NUMBERS:
        lua_pushfstring(L, "{%I, %I, %I}", (LUAI_UACINT)numbers[0], (LUAI_UACINT)numbers[1],
                        (LUAI_UACINT)numbers[2]);
        luaL_addvalue(name);
        break;
    }
}

/* Set each field that the table at `table` names, and push the name of what becomes of
 * the profile: "3.8 with float_free = 0".  `profile->name` is that string and lives as
 * long.  A wrong setting raises a plain error that says what the field takes. */
void bind_derive(lua_State *L, int table, rc_profile *profile)
{
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);
    luaL_Buffer name;
    bool changed = false;

    refuse_unknown(L, table);
    for (size_t i = 0; i < count; i++) {
        if (lua_getfield(L, table, fields[i].name) != LUA_TNIL
            && !set_field(L, profile, &fields[i], lua_gettop(L))) {
            push_refused(L, &fields[i], lua_gettop(L));
            push_wanted(L, &fields[i]);
            luaL_error(L, "%s: %s is not possible; it takes %s", fields[i].name,
                       lua_tostring(L, -2), lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    luaL_buffinit(L, &name);
    luaL_addstring(&name, profile->name);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rc_profile_source(profile, &fields[i]), "yours") == 0) {
            luaL_addstring(&name, changed ? ", " : " with ");
            add_setting(L, &name, profile, &fields[i]);
            changed = true;
        }
    luaL_pushresult(&name);
    profile->name = lua_tostring(L, -1);
}

/* The profile called `name` (NULL: the default one); a plain error if there is none. */
const rc_profile *bind_find_profile(lua_State *L, const char *name)
{
    const rc_profile *profile = name ? rc_profile_find(name) : rc_profile_default();

    if (!profile)
        luaL_error(L, "no profile is called '%s'", name);
    return profile;
}

/* core.profile([name[, settings]]): as core.profiles() gives each */
int bind_profile(lua_State *L)
{
    rc_profile own = *bind_find_profile(L, luaL_optstring(L, 1, NULL));

    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        bind_derive(L, 2, &own);
    }
    push_profile(L, &own);
    return 1;
}

/* ------------------------------------------------------------------ heap.profile -- */

/* Push the sources of all fields, by name. */
static void push_sources(lua_State *L, const rc_profile *profile)
{
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, rc_profile_source(profile, &fields[i]));
        lua_setfield(L, -2, fields[i].name);
    }
}

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
    else if (strcmp(name, "sources") == 0)
        push_sources(L, profile);
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
