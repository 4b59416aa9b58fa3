/* "lab.host": what the program's Lua code can do that Lua cannot. */
#include "modules.h"

#include <signal.h>

#include <lauxlib.h>

#include <refchain/base.h>

#include "exports.h"
#include "files.h"
#include "limits.h"
#include "process.h"
#include "recording.h"
#include "replay.h"
#include "scenario.h"
#include "texts.h"

/* catch_interrupt(): from now on Ctrl-C is asked for instead of ending the program */
static int host_catch_interrupt(lua_State *L)
{
    (void)L;
    limits_catch_interrupt();
    return 0;
}

static int host_interrupted(lua_State *L)
{
    lua_pushboolean(L, limits_interrupted());
    return 1;
}

int luaopen_lab_host(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"catch_interrupt", host_catch_interrupt}, {"interrupted", host_interrupted}, {NULL, NULL}
    };
    luaL_newlib(L, functions);
    files_register(L);
    process_register(L);
    recording_register(L);
    exports_register(L);
    replay_register(L);
    scenario_register(L);
    texts_register(L);
    lua_pushstring(L, RC_VERSION);
    lua_setfield(L, -2, "version");
    return 1;
}
