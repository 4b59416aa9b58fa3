/* The program's own files as text; texts hashed and compressed for a page. */
#include "texts.h"

#include <resolv.h>
#include <sha256.h>
#include <string.h>
#include <zlib.h>

#include <lauxlib.h>

#include "embedded.h"

static int texts_embedded(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    for (const struct embedded_file *file = embedded_files; file->name; file++)
        if (strcmp(file->name, name) == 0) {
            lua_pushlstring(L, file->text, file->size);
            return 1;
        }
    return luaL_error(L, "no embedded file '%s'", name);
}

/* Push bytes in base64. */
static void push_base64(lua_State *L, const uint8_t *bytes, size_t size)
{
    size_t room = (size + 2) / 3 * 4 + 1;
    luaL_Buffer written;
    char *into = luaL_buffinitsize(L, &written, room);

    if (b64_ntop(bytes, size, into, room) < 0)
        luaL_error(L, "no room for base64");
    luaL_pushresultsize(&written, room - 1);
}

static int texts_sha256(lua_State *L)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)text, size);
    SHA256Final(digest, &context);
    push_base64(L, digest, sizeof digest);
    return 1;
}

static int texts_deflated(lua_State *L)
{
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    uLongf length = compressBound(size);
    uint8_t *bytes = lua_newuserdatauv(L, length, 0);

    if (compress2(bytes, &length, (const uint8_t *)text, size, Z_BEST_COMPRESSION) != Z_OK)
        return luaL_error(L, "cannot compress");
    push_base64(L, bytes, length);
    return 1;
}

void texts_register(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "embedded", texts_embedded }, { "sha256", texts_sha256 },
        { "deflated", texts_deflated }, { NULL, NULL }
    };
    luaL_setfuncs(L, functions, 0);
}
