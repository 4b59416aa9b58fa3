/* Runs a Lua script with its arguments, as lua5.4 does: the tests need no other Lua
 * than the library that the program links. */
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

static int with_traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

static int run(lua_State *L)
{
    int count = (int)lua_tointeger(L, 1);
    char **arguments = lua_touserdata(L, 2);

    luaL_openlibs(L);
    lua_newtable(L);
    for (int i = 1; i < count; i++) {
        lua_pushstring(L, arguments[i]);
        lua_rawseti(L, -2, i - 1);
    }
    lua_setglobal(L, "arg");
    lua_pushcfunction(L, with_traceback);
    if (luaL_loadfile(L, arguments[1]) != LUA_OK)
        return lua_error(L);
    for (int i = 2; i < count; i++)
        lua_pushstring(L, arguments[i]);
    if (lua_pcall(L, count - 2, 0, 3) != LUA_OK)
        return lua_error(L);
    return 0;
}

int main(int count, char **arguments)
{
    lua_State *L = luaL_newstate();

    if (!L || count < 2)
        return 2;
    lua_pushcfunction(L, run);
    lua_pushinteger(L, count);
    lua_pushlightuserdata(L, arguments);
    int status = lua_pcall(L, 2, 0, 0);
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status != LUA_OK;
}
