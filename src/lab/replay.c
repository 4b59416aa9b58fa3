/* Replaying traces from files. */
#include "replay.h"

#include <errno.h>
#include <string.h>

#include <lauxlib.h>
#include <zlib.h>

#include <refchain/refchain.h>

typedef struct replaying {
    lua_State *L;
    gzFile file;
    size_t told, most;                  /* divergences */
    bool cut;                           /* all was read that is before the place of the cut */
    bool failed;                        /* a Lua function raised: the error is on the stack */
} replaying;

enum { PATH = 1, OPTIONS, DIVERGED, PRINT };    /* on the Lua stack */

static ptrdiff_t read_bytes(void *context, char *buffer, size_t size)
{
    replaying *self = context;
    unsigned most = size < 1u << 20 ? (unsigned)size : 1u << 20;
    int n = gzread(self->file, buffer, most);
    int error = Z_OK;

    if (n < 0)
        return -1;
    gzerror(self->file, &error);        /* a compressed file that was cut off */
    self->cut = n == 0 && error == Z_BUF_ERROR;
    return self->cut ? -1 : n;
}

/* Call the Lua function below its arguments; keep the first error. */
static bool call(replaying *self, int arguments, int results)
{
    if (self->failed) {
        lua_pop(self->L, arguments + 1);
        return false;
    }
    self->failed = lua_pcall(self->L, arguments, results, 0) != LUA_OK;
    return !self->failed;
}

static void diverged(void *context, const rc_divergence *divergence)
{
    replaying *self = context;
    lua_State *L = self->L;

    if (self->told >= self->most)
        return;
    self->told++;
    lua_pushvalue(L, DIVERGED);
    lua_pushinteger(L, (lua_Integer)divergence->line);
    lua_pushstring(L, divergence->operation);
    lua_pushstring(L, divergence->expected);
    lua_pushstring(L, divergence->got);
    call(self, 4, 0);
}

static bool print(void *context, const char *text, size_t size)
{
    replaying *self = context;

    lua_pushvalue(self->L, PRINT);
    lua_pushlstring(self->L, text, size);
    if (!call(self, 1, 1))
        return false;
    bool written = lua_toboolean(self->L, -1);
    lua_pop(self->L, 1);
    return written;
}

static bool flag(lua_State *L, const char *name)
{
    lua_getfield(L, OPTIONS, name);
    bool result = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return result;
}

static size_t memory_limit(lua_State *L)
{
    lua_getfield(L, OPTIONS, "max_memory");
    lua_Integer limit = luaL_optinteger(L, -1, 0);
    luaL_argcheck(L, limit >= 0, OPTIONS, "a negative memory limit");
    lua_pop(L, 1);
    return (size_t)limit;
}

static const rc_profile *wanted_profile(lua_State *L)
{
    const rc_profile *profile = NULL;

    if (lua_getfield(L, OPTIONS, "profile") == LUA_TSTRING) {
        profile = rc_profile_find(lua_tostring(L, -1));
        luaL_argcheck(L, profile, OPTIONS, "no such profile");
    }
    lua_pop(L, 1);
    return profile;
}

/* The fields in options.settings, which are known to be right: numbers in a sequence, a
 * strategy by its name. */
static void derive(void *context, rc_profile *own)
{
    lua_State *L = ((replaying *)context)->L;
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    lua_getfield(L, OPTIONS, "settings");
    for (size_t i = 0; i < count; i++) {
        int64_t numbers[RC_GENERATIONS];
        int kind = lua_getfield(L, -1, fields[i].name);
        if (kind == LUA_TSTRING)
            (void)rc_profile_set_strategy(own, &fields[i], lua_tostring(L, -1));
        else if (kind == LUA_TTABLE) {
            size_t size = lua_rawlen(L, -1) < RC_GENERATIONS ? lua_rawlen(L, -1) : RC_GENERATIONS;
            for (size_t at = 0; at < size; at++) {
                lua_rawgeti(L, -1, (lua_Integer)at + 1);
                numbers[at] = lua_tointeger(L, -1);
                lua_pop(L, 1);
            }
            (void)rc_profile_set_numbers(own, &fields[i], numbers, size);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* The end of a compressed file holds a checksum: see whether it was right. */
static const char *file_problem(gzFile file, const char *path)
{
    int error = Z_OK;
    size_t length = strlen(path);
    const char *message = gzerror(file, &error);

    if (message && strncmp(message, path, length) == 0 && strncmp(message + length, ": ", 2) == 0)
        message += length + 2;
    return error == Z_OK || error == Z_STREAM_END ? NULL
         : error == Z_BUF_ERROR ? "cut off"
         : error == Z_ERRNO ? strerror(errno) : message;
}

/* `problem`: what is wrong with the file itself, or NULL. */
static void push_result(lua_State *L, const rc_replay_result *result, const char *problem)
{
    static const char *const names[] = {
        [RC_REPLAY_DONE] = "done", [RC_REPLAY_UNREADABLE] = "unreadable",
        [RC_REPLAY_BROKEN] = "broken", [RC_REPLAY_NO_MEMORY] = "no memory",
        [RC_REPLAY_UNWRITABLE] = "unwritable"
    };
    lua_createtable(L, 0, 5);
    lua_pushstring(L, names[problem ? RC_REPLAY_UNREADABLE : result->status]);
    lua_setfield(L, -2, "status");
    lua_pushinteger(L, (lua_Integer)result->operations);
    lua_setfield(L, -2, "operations");
    lua_pushinteger(L, (lua_Integer)result->divergences);
    lua_setfield(L, -2, "divergences");
    lua_pushinteger(L, problem ? 0 : (lua_Integer)result->line);
    lua_setfield(L, -2, "line");
    lua_pushstring(L, problem ? problem : result->problem);
    lua_setfield(L, -2, "problem");
}

static int replay(lua_State *L)
{
    const char *path = luaL_checkstring(L, PATH);
    luaL_checktype(L, OPTIONS, LUA_TTABLE);
    luaL_checktype(L, DIVERGED, LUA_TFUNCTION);
    lua_settop(L, DIVERGED);
    bool prints = lua_getfield(L, OPTIONS, "print") == LUA_TFUNCTION;
    lua_getfield(L, OPTIONS, "max");
    replaying self = {.L = L, .most = (size_t)luaL_optinteger(L, -1, 20)};
    rc_replay_options options = {
        .profile = wanted_profile(L),
        .derive = flag(L, "settings") ? derive : NULL,
        .keep_going = flag(L, "keep_going"),
        .memory_limit = memory_limit(L),
        .check = flag(L, "check"),
        .read = read_bytes,
        .diverged = diverged,
        .write = prints ? print : NULL,
        .context = &self,
    };
    luaL_checkstack(L, 10, NULL);
    self.file = gzopen(path, "rbe");
    if (!self.file) {
        rc_replay_result none = {.status = RC_REPLAY_UNREADABLE};
        push_result(L, &none, strerror(errno));
        return 1;
    }
    rc_replay_result result = rc_replay(&options);
    const char *problem = file_problem(self.file, path);
    if (self.cut && result.line > 1)    /* the line that could not be read whole */
        problem = lua_pushfstring(L, "%s after line %I", problem, (lua_Integer)result.line - 1);
    else if (problem)
        problem = lua_pushstring(L, problem);
    gzclose(self.file);
    if (self.failed)
        return lua_error(L);
    push_result(L, &result, problem);
    return 1;
}

void replay_register(lua_State *L)
{
    lua_pushcfunction(L, replay);
    lua_setfield(L, -2, "replay");
}
