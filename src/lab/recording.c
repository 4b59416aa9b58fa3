/* A process records one scenario at most. */
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <zlib.h>

static gzFile file;

static int fail(lua_State *L, const char *problem)
{
    lua_pushnil(L);
    lua_pushstring(L, problem);
    return 2;
}

static int open_recording(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    bool compressed = lua_toboolean(L, 2);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd < 0)
        return fail(L, strerror(errno));
    file = gzdopen(fd, compressed ? "wb9" : "wbT");     /* T: as it is */
    if (!file) {
        close(fd);
        return fail(L, "not enough memory");
    }
    lua_pushboolean(L, 1);
    return 1;
}

static int close_recording(lua_State *L)
{
    errno = 0;
    int status = file ? gzclose(file) : Z_OK;

    file = NULL;
    if (status != Z_OK)
        return fail(L, errno ? strerror(errno) : "write error");
    lua_pushboolean(L, 1);
    return 1;
}

int recording_write(lua_State *L)
{
    const char *text = lua_touserdata(L, 1);
    size_t size = (size_t)luaL_checkinteger(L, 2);

    while (file && size > 0) {
        unsigned piece = size < 1u << 20 ? (unsigned)size : 1u << 20;
        int written = gzwrite(file, text, piece);
        if (written <= 0)
            break;
        text += written;
        size -= (size_t)written;
    }
    lua_pushboolean(L, size == 0);
    return 1;
}

void recording_register(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"open_recording", open_recording}, {"close_recording", close_recording}, {NULL, NULL}
    };
    luaL_setfuncs(L, functions, 0);
}
