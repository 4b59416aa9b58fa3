/* Files, folders and the terminal's measures. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <lauxlib.h>

static int fail(lua_State *L)
{
    lua_pushnil(L);
    lua_pushstring(L, strerror(errno));
    return 2;
}

static int files_kind(lua_State *L)
{
    struct stat status;

    if (stat(luaL_checkstring(L, 1), &status) != 0)
        return fail(L);
    lua_pushstring(L, S_ISREG(status.st_mode) ? "file" : S_ISDIR(status.st_mode) ? "folder" : "other");
    return 1;
}

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int files_list(lua_State *L)
{
    struct dirent **entries;
    int count = scandir(luaL_checkstring(L, 1), &entries, NULL, compare);

    if (count < 0)
        return fail(L);
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, entries[i]->d_name);
        lua_seti(L, -2, i + 1);
        free(entries[i]);
    }
    free(entries);
    return 1;
}

static int files_make_folders(lua_State *L)
{
    char path[4096];
    size_t size;
    const char *wanted = luaL_checklstring(L, 1, &size);

    luaL_argcheck(L, size > 0 && size < sizeof path, 1, "too long");
    memcpy(path, wanted, size + 1);
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return fail(L);
        if (!slash)
            break;
        *slash = '/';
    }
    lua_pushboolean(L, 1);
    return 1;
}

static int files_is_terminal(lua_State *L)
{
    lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
    return 1;
}

static int files_columns(lua_State *L)
{
    struct winsize size = {0};

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        size.ws_col = 80;
    lua_pushinteger(L, size.ws_col);
    return 1;
}

static int files_cores(lua_State *L)
{
    cpu_set_t set;

    lua_pushinteger(L, sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1);
    return 1;
}

static int files_now(lua_State *L)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec * 1e-9);
    return 1;
}

void files_register(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"kind", files_kind}, {"list", files_list}, {"make_folders", files_make_folders},
        {"is_terminal", files_is_terminal}, {"columns", files_columns},
        {"cores", files_cores}, {"now", files_now}, {NULL, NULL}
    };
    luaL_setfuncs(L, functions, 0);
}
