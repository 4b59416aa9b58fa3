/* The program: a Lua state, the module lab.host, and lua/lab/main.lua, whose result
 * is the exit status. */
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>

#include "modules.h"

#define WRONG_USE 2

static int run(lua_State *L)
{
    int argc = (int)lua_tointeger(L, 1);
    char **argv = lua_touserdata(L, 2);

    modules_open(L);
    modules_offer(L, "lab.host", luaopen_lab_host);
    modules_offer(L, "lab.terminal", luaopen_lab_terminal);
    lua_getglobal(L, "require");
    lua_pushstring(L, "lab.main");
    lua_call(L, 1, 1);
    lua_createtable(L, argc, 0);
    for (int i = 1; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_seti(L, -2, i);
    }
    lua_call(L, 1, 1);
    return 1;
}

static int traceback(lua_State *L)
{
    const char *message = lua_tostring(L, 1);
    luaL_traceback(L, L, message ? message : "error without a message", 1);
    return 1;
}

int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("refchain: not enough memory\n", stderr);
        return WRONG_USE;
    }
    lua_pushcfunction(L, traceback);
    lua_pushcfunction(L, run);
    lua_pushinteger(L, argc);
    lua_pushlightuserdata(L, argv);
    int status = WRONG_USE;
    if (lua_pcall(L, 2, 1, 1) == LUA_OK)
        status = (int)lua_tointeger(L, -1);
    else
        fprintf(stderr, "refchain: %s\n", lua_tostring(L, -1));
    lua_close(L);
    return status;
}
