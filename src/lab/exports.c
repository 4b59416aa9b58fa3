/* A process exports one scenario at most: an open file or database for each number. */
#include "exports.h"

#include <refchain/base.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <sqlite3.h>

#define EXPORTS 3

typedef struct export {
    rc_sink sink;                       /* without `write`: not open */
    FILE *file;
    sqlite3 *database;
    char problem[200];                  /* the first */
} export;

static export exports[EXPORTS];

static int fail(lua_State *L, const char *problem)
{
    lua_pushnil(L);
    lua_pushstring(L, problem);
    return 2;
}

static void remember(export *self, const char *problem)
{
    if (!*self->problem)
        snprintf(self->problem, sizeof self->problem, "%s", problem);
}

static bool write_file(void *context, const char *text, size_t size)
{
    export *self = context;

    if (fwrite(text, 1, size, self->file) == size)
        return true;
    remember(self, strerror(errno));
    return false;
}

/* Run the SQL statements in `text`. */
static bool run_sql(void *context, const char *text, size_t size)
{
    export *self = context;
    const char *end = text + size;

    while (text < end) {
        sqlite3_stmt *statement = NULL;
        int status = sqlite3_prepare_v2(self->database, text, (int)(end - text), &statement, &text);
        if (status == SQLITE_OK && statement)
            status = sqlite3_step(statement);
        sqlite3_finalize(statement);
        if (status != SQLITE_OK && status != SQLITE_DONE) {
            remember(self, sqlite3_errmsg(self->database));
            return false;
        }
    }
    return true;
}

static export *check(lua_State *L)
{
    lua_Integer number = luaL_checkinteger(L, 1);

    luaL_argcheck(L, number >= 1 && number <= EXPORTS, 1, "no such export");
    return &exports[number - 1];
}

static bool open_database(export *self, const char *path)
{
    static const char begin[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;";

    if (unlink(path) != 0 && errno != ENOENT) {
        remember(self, strerror(errno));
        return false;
    }
    if (sqlite3_open(path, &self->database) != SQLITE_OK) {
        remember(self, self->database ? sqlite3_errmsg(self->database) : "not enough memory");
        sqlite3_close(self->database);
        return false;
    }
    self->sink = (rc_sink) { run_sql, self };
    if (sqlite3_exec(self->database, begin, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    remember(self, sqlite3_errmsg(self->database));
    sqlite3_close(self->database);
    return false;
}

static int open_export(lua_State *L)
{
    export *self = check(L);
    const char *path = luaL_checkstring(L, 2);

    *self = (export) { 0 };
    if (lua_toboolean(L, 3)) {
        if (!open_database(self, path)) {
            self->sink.write = NULL;
            return fail(L, self->problem);
        }
    } else {
        self->file = fopen(path, "we");
        if (!self->file)
            return fail(L, strerror(errno));
        self->sink = (rc_sink) { write_file, self };
    }
    lua_pushboolean(L, 1);
    return 1;
}

static int close_export(lua_State *L)
{
    export *self = check(L);

    if (!self->sink.write)
        return fail(L, "not open");
    if (self->database) {
        if (sqlite3_exec(self->database, "COMMIT;", NULL, NULL, NULL) != SQLITE_OK)
            remember(self, sqlite3_errmsg(self->database));
        sqlite3_close(self->database);
    } else if (fclose(self->file) != 0)
        remember(self, strerror(errno));
    self->sink.write = NULL;
    if (*self->problem)
        return fail(L, self->problem);
    lua_pushboolean(L, 1);
    return 1;
}

int exports_sink(lua_State *L)
{
    export *self = check(L);

    if (self->sink.write)
        lua_pushlightuserdata(L, &self->sink);
    else
        lua_pushnil(L);
    return 1;
}

void exports_register(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"open_export", open_export}, {"close_export", close_export}, {NULL, NULL}
    };
    luaL_setfuncs(L, functions, 0);
}
