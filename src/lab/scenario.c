/* Scenario states, and what the program's Lua code in them may do ("lab.guest"). */
#include "scenario.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "allocator.h"
#include "exports.h"
#include "files.h"
#include "limits.h"
#include "modules.h"
#include "process.h"
#include "recording.h"

#define SCENARIO "lab.scenario"
#define DEEPEST_TABLE 16

typedef struct scenario {
    lua_State *L;
    allocator allocator;
    limits limits;
} scenario;

/* ------------------------------------------------------- from state to state -- */

static void copy_value(lua_State *from, int index, lua_State *to, int depth);

static void copy_table(lua_State *from, int index, lua_State *to, int depth)
{
    index = lua_absindex(from, index);
    lua_newtable(to);
    lua_pushnil(from);
    while (lua_next(from, index)) {
        copy_value(from, -2, to, depth + 1);
        copy_value(from, -1, to, depth + 1);
        lua_rawset(to, -3);
        lua_pop(from, 1);
    }
}

/* What is no plain value arrives as nil. */
static void copy_value(lua_State *from, int index, lua_State *to, int depth)
{
    size_t size;

    luaL_checkstack(from, 4, NULL);
    luaL_checkstack(to, 4, NULL);
    switch (lua_type(from, index)) {
    case LUA_TBOOLEAN:
        lua_pushboolean(to, lua_toboolean(from, index));
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(from, index))
            lua_pushinteger(to, lua_tointeger(from, index));
        else
            lua_pushnumber(to, lua_tonumber(from, index));
        return;
    case LUA_TSTRING: {
        const char *text = lua_tolstring(from, index, &size);
        lua_pushlstring(to, text, size);
        return;
    }
    case LUA_TTABLE:
        if (depth < DEEPEST_TABLE) {
            copy_table(from, index, to, depth);
            return;
        }
    }
    lua_pushnil(to);
}

/* A call on its way between two states; both sides run protected, for an error of
 * one must not jump through the other. */
typedef struct transfer {
    lua_State *from;
    int first, count;
} transfer;

static int receive(lua_State *to)
{
    transfer *self = lua_touserdata(to, 1);

    lua_settop(to, 0);
    for (int i = 0; i < self->count; i++)
        copy_value(self->from, self->first + i, to, 0);
    return lua_gettop(to);
}

static int call_in_state(lua_State *L)
{
    transfer *self = lua_touserdata(L, 1);

    lua_settop(L, 0);
    lua_getglobal(L, "require");
    lua_pushstring(L, lua_tostring(self->from, 2));
    lua_call(L, 1, 1);
    lua_getfield(L, -1, lua_tostring(self->from, 3));
    lua_remove(L, 1);
    for (int i = 0; i < self->count; i++)
        copy_value(self->from, self->first + i, L, 0);
    lua_call(L, self->count, LUA_MULTRET);
    return lua_gettop(L);
}

static scenario *check(lua_State *L)
{
    scenario *self = luaL_checkudata(L, 1, SCENARIO);
    luaL_argcheck(L, self->L, 1, "closed");
    return self;
}

static int scenario_call(lua_State *L)
{
    scenario *self = check(L);
    lua_State *S = self->L;
    luaL_checkstring(L, 2);
    luaL_checkstring(L, 3);
    transfer there = {L, 4, lua_gettop(L) - 3};

    lua_settop(S, 0);
    lua_pushcfunction(S, call_in_state);
    lua_pushlightuserdata(S, &there);
    if (lua_pcall(S, 1, LUA_MULTRET, 0) != LUA_OK) {
        const char *message = lua_tostring(S, -1);
        return luaL_error(L, "%s", message ? message : "error without a message");
    }
    transfer back = {S, 1, lua_gettop(S)};
    lua_settop(L, 0);
    lua_pushcfunction(L, receive);
    lua_pushlightuserdata(L, &back);
    lua_call(L, 1, LUA_MULTRET);
    lua_settop(S, 0);
    return lua_gettop(L);
}

/* ----------------------------------------------------- the guest's own module -- */

static scenario *guest(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* call(f, …) -> "ok", results…, or how it ended and the error */
static int guest_call(lua_State *L)
{
    const char *how = limits_call(&guest(L)->limits, L, lua_gettop(L) - 1);

    lua_pushstring(L, how);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* places() -> FILE:LINE of the last error noted and of the last refusal of memory
 * during the last call; "" where there was none */
static int guest_places(lua_State *L)
{
    lua_pushstring(L, guest(L)->limits.raised);
    lua_pushstring(L, guest(L)->limits.refused);
    return 2;
}

/* report(kind, text); a last word from a signal must not come between */
static int guest_report(lua_State *L)
{
    size_t size;
    const char *kind = luaL_checkstring(L, 1);
    const char *text = luaL_checklstring(L, 2, &size);
    sigset_t alarm;

    luaL_argcheck(L, strlen(kind) < 32, 1, "too long");
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, NULL);
    limits_report(process_report(), kind, text, size);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    return 0;
}

static int guest_start_clock(lua_State *L)
{
    limits_start_clock(&guest(L)->limits);
    return 0;
}

static int guest_stop_clock(lua_State *L)
{
    (void)L;
    limits_stop_clock();
    return 0;
}

static int guest_catch_interrupt(lua_State *L)
{
    (void)L;
    limits_catch_interrupt();
    return 0;
}

/* memory() -> bytes that Lua has in this state */
static int guest_memory(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)guest(L)->allocator.used);
    return 1;
}

static int open_guest(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"call", guest_call}, {"note", limits_note}, {"places", guest_places},
        {"report", guest_report},
        {"start_clock", guest_start_clock}, {"stop_clock", guest_stop_clock},
        {"catch_interrupt", guest_catch_interrupt}, {"memory", guest_memory},
        {"record", recording_write}, {"export_sink", exports_sink}, {NULL, NULL}
    };
    luaL_newlibtable(L, functions);
    lua_getfield(L, LUA_REGISTRYINDEX, SCENARIO);
    luaL_setfuncs(L, functions, 1);
    files_register(L);
    return 1;
}

/* ------------------------------------------------------------ open, limit, close -- */

static void refused(void *context)
{
    limits *self = context;
    char where[LIMITS_TEXT];

    limits_where(self, where, sizeof where);
    if (*where)                         /* else the scenario's frames are gone already */
        memcpy(self->refused, where, sizeof where);
}

/* Lines of LuaUnit, which the lab's words call, are no places of the scenario. */
static void name_library(lua_State *L, limits *limits)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchpath");
    lua_pushliteral(L, "luaunit");
    lua_getfield(L, -3, "path");
    lua_call(L, 2, 1);
    const char *path = lua_tostring(L, -1);
    if (path && strlen(path) < sizeof limits->library - 1)
        snprintf(limits->library, sizeof limits->library, "@%s", path);
    lua_pop(L, 2);
}

static int prepare(lua_State *L)
{
    scenario *self = lua_touserdata(L, 1);

    modules_open(L);
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "refchain.space");       /* src/binding/module.c */
    modules_offer(L, "lab.guest", open_guest);
    modules_offer(L, "lab.terminal", luaopen_lab_terminal);
    lua_pushvalue(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, SCENARIO);
    name_library(L, &self->limits);
    return 0;
}

static int scenario_new(lua_State *L)
{
    scenario *self = lua_newuserdatauv(L, sizeof *self, 0);
    memset(self, 0, sizeof *self);
    luaL_setmetatable(L, SCENARIO);

    allocator_open(&self->allocator);
    self->L = lua_newstate(allocator_take, &self->allocator);
    if (!self->L)
        return luaL_error(L, "not enough memory");
    *(void **)lua_getextraspace(self->L) = NULL;
    lua_gc(self->L, LUA_GCGEN, 0, 0);   /* handles die young: in the cache, a fifteenth of the time */
    self->limits.L = self->L;
    self->limits.allocator = &self->allocator;
    self->limits.report = -1;
    self->allocator.refused = refused;
    self->allocator.context = &self->limits;
    limits_attach(&self->limits);
    lua_pushcfunction(self->L, prepare);
    lua_pushlightuserdata(self->L, self);
    if (lua_pcall(self->L, 1, 0, 0) != LUA_OK)
        return luaL_error(L, "%s", lua_tostring(self->L, -1));
    return 1;
}

static int scenario_limit(lua_State *L)
{
    scenario *self = check(L);
    lua_settop(L, 2);
    lua_getfield(L, 2, "seconds");
    lua_getfield(L, 2, "memory");
    lua_getfield(L, 2, "crash");
    lua_Integer memory = luaL_optinteger(L, 4, 0);

    self->limits.seconds = luaL_optnumber(L, 3, 0);
    self->limits.report = process_report();
    allocator_limit(&self->allocator, memory > 0 ? self->allocator.used + (size_t)memory : 0, false);
    limits_memory(&self->limits, memory > 0 ? (size_t)memory : 0);
    if (lua_toboolean(L, 5))
        limits_catch_crash(&self->limits);
    return 0;
}

static int scenario_close(lua_State *L)
{
    scenario *self = luaL_checkudata(L, 1, SCENARIO);

    if (self->L) {
        limits_attach(NULL);
        lua_close(self->L);
        free(self->limits.reserve);
        allocator_close(&self->allocator);
        self->L = NULL;
    }
    return 0;
}

void scenario_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"call", scenario_call}, {"limit", scenario_limit}, {"close", scenario_close},
        {"__gc", scenario_close}, {"__close", scenario_close}, {NULL, NULL}
    };
    luaL_newmetatable(L, SCENARIO);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, scenario_new);
    lua_setfield(L, -2, "scenario");
}
