/* Lua states of the program: libraries, embedded files, C modules. */
#include "modules.h"

#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "embedded.h"

static const struct embedded_file *find(const char *name)
{
    for (const struct embedded_file *file = embedded_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

/* The searcher: "lab.run" is lua/lab/run.lua or lua/lab/run/init.lua. */
static int search_embedded(lua_State *L)
{
    const char *path = luaL_gsub(L, luaL_checkstring(L, 1), ".", "/");
    const struct embedded_file *file = find(lua_pushfstring(L, "lua/%s.lua", path));
    if (!file)
        file = find(lua_pushfstring(L, "lua/%s/init.lua", path));
    if (!file) {
        lua_pushfstring(L, "no embedded file 'lua/%s.lua'", path);
        return 1;
    }
    const char *chunk = lua_pushfstring(L, "=[refchain] %s", file->name);
    if (luaL_loadbufferx(L, file->text, file->size, chunk, "t") != LUA_OK)
        return lua_error(L);
    lua_pushstring(L, file->name);
    return 2;
}

/* Put the searcher behind the one for package.preload. */
static void add_searcher(lua_State *L)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers");
    for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) {
        lua_geti(L, -1, i);
        lua_seti(L, -2, i + 1);
    }
    lua_pushcfunction(L, search_embedded);
    lua_seti(L, -2, 2);
    lua_pop(L, 2);
}

/* Keep the entries of package.`field` that begin with a slash. */
static void keep_absolute(lua_State *L, const char *field)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, field);
    const char *entry = lua_tostring(L, -1);
    luaL_Buffer kept;

    luaL_buffinit(L, &kept);
    while (entry && *entry) {
        size_t length = strcspn(entry, ";");
        if (*entry == '/') {
            if (luaL_bufflen(&kept) > 0)
                luaL_addchar(&kept, ';');
            luaL_addlstring(&kept, entry, length);
        }
        entry += length + (entry[length] == ';');
    }
    luaL_pushresult(&kept);
    lua_setfield(L, -3, field);
    lua_pop(L, 2);
}

void modules_offer(lua_State *L, const char *name, lua_CFunction open)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, open);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

void modules_open(lua_State *L)
{
    luaL_openlibs(L);
    keep_absolute(L, "path");
    keep_absolute(L, "cpath");
    add_searcher(L);
    modules_offer(L, "refchain.core", luaopen_refchain_core);
}
