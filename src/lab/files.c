/* Files, folders and the terminal's measures. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

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
    char identity[64];

    if (stat(luaL_checkstring(L, 1), &status) != 0)
        return fail(L);
    lua_pushstring(L, S_ISREG(status.st_mode) ? "file" : S_ISDIR(status.st_mode) ? "folder" : "other");
    snprintf(identity, sizeof identity, "%llu:%llu", (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    lua_pushstring(L, identity);
    return 2;
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
    mode_t mode = lua_toboolean(L, 2) ? 0700 : 0777;

    luaL_argcheck(L, size > 0 && size < sizeof path, 1, "too long");
    memcpy(path, wanted, size + 1);
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(path, mode) != 0 && errno != EEXIST)
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

/* How many bytes of the text fit, an ellipsis included if it is cut; the locale is one
 * with UTF-8, or none: then each byte has a column. */
static size_t fitting(const char *text, size_t size, lua_Integer columns, bool *cut,
                      lua_Integer *taken)
{
    mbstate_t state = {0};
    lua_Integer used = 0;
    size_t room = 0, at = 0;            /* room: what fits before an ellipsis */

    *taken = 0;

    while (at < size) {
        wchar_t character;
        size_t length = mbrtowc(&character, text + at, size - at, &state);
        int width = 1;
        if (length == 0 || length > size - at) {        /* a zero, or no UTF-8 */
            memset(&state, 0, sizeof state);
            length = 1;
        } else {
            width = wcwidth(character);
        }
        used += width > 0 ? width : 0;
        if (used > columns) {
            *cut = true;
            return room;
        }
        at += length;
        if (used < columns) {
            room = at;
            *taken = used;
        }
    }
    *cut = false;
    *taken = used;
    return size;
}

/* fit(text, columns) -> the text, cut if need be; how many columns it takes */
static int files_fit(lua_State *L)
{
    size_t size;
    bool cut;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer columns = luaL_checkinteger(L, 2), taken;
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;

    size_t length = fitting(text, size, columns, &cut, &taken);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    lua_pushlstring(L, text, length);
    if (cut && columns > 0) {
        lua_pushliteral(L, "\xE2\x80\xA6");
        lua_concat(L, 2);
    }
    lua_pushinteger(L, taken + (cut && columns > 0));
    return 2;
}

static int files_flush(lua_State *L)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, errno ? strerror(errno) : "write error");
    return 2;
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
        {"fit", files_fit}, {"flush", files_flush},
        {"cores", files_cores}, {"now", files_now}, {NULL, NULL}
    };
    luaL_setfuncs(L, functions, 0);
}
