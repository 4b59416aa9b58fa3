/* What work.c asks of a peer (ours.h), by Lua's C API.  Lists and dicts are tables.  A
 * value that the program owns is a place in one more table, on the stack at ROOTS. */
#include <lauxlib.h>
#include <lua.h>

#define IS_TRACING true
#define CENSUS_IS_EXACT false           /* it is counted in bytes */

#define ROOTS 1
#define TABLE_SIZE 56                   /* bytes of an empty table */

typedef lua_Integer value;
typedef lua_Integer key;

static lua_State *L;
static lua_Integer *unused;             /* places of values dropped, the last first */
static size_t unused_count, unused_room;
static lua_Integer places;              /* given out so far */

static void automatic(bool on) { lua_gc(L, on ? LUA_GCRESTART : LUA_GCSTOP); }

static void peer_open(void)
{
    L = luaL_newstate();
    if (!L)
        fail("no state can be made");
    lua_createtable(L, 1024, 0);
    automatic(false);
}

/* Own what is on top of the stack. */
static inline value own(void)
{
    lua_Integer place = unused_count ? unused[--unused_count] : ++places;
    lua_rawseti(L, ROOTS, place);
    return place;
}

static inline void drop(value v)
{
    lua_pushnil(L);
    lua_rawseti(L, ROOTS, v);
    if (unused_count == unused_room) {
        unused_room = unused_room * 2 + 1024;
        unused = realloc(unused, unused_room * sizeof *unused);
        if (!unused)
            fail("no memory");
    }
    unused[unused_count++] = v;
}

static void collect(void) { lua_gc(L, LUA_GCCOLLECT); }

/* What counting peers have freed by now. */
static inline void settle(void) { collect(); }

static inline value new_int(int64_t number)
{
    lua_pushinteger(L, number);
    return own();
}

static inline value new_list(void)
{
    lua_createtable(L, 0, 0);
    return own();
}

static inline value new_dict(void) { return new_list(); }

static inline value new_list3(value a, value b, value c)
{
    lua_createtable(L, 3, 0);
    lua_rawgeti(L, ROOTS, a);
    lua_rawseti(L, -2, 1);
    lua_rawgeti(L, ROOTS, b);
    lua_rawseti(L, -2, 2);
    lua_rawgeti(L, ROOTS, c);
    lua_rawseti(L, -2, 3);
    return own();
}

static inline void append(value list, size_t index, value v)
{
    lua_rawgeti(L, ROOTS, list);
    lua_rawgeti(L, ROOTS, v);
    lua_rawseti(L, -2, (lua_Integer)index + 1);
    lua_pop(L, 1);
}

static inline void store(value dict, key k, value v)
{
    lua_rawgeti(L, ROOTS, dict);
    lua_rawgeti(L, ROOTS, k);
    lua_rawgeti(L, ROOTS, v);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

static inline bool has_item(value list, size_t index)
{
    lua_rawgeti(L, ROOTS, list);
    bool has = lua_rawgeti(L, -1, (lua_Integer)index + 1) != LUA_TNIL;
    lua_pop(L, 2);
    return has;
}

static inline bool has_key(value dict, key k)
{
    lua_rawgeti(L, ROOTS, dict);
    lua_rawgeti(L, ROOTS, k);
    bool has = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 2);
    return has;
}

static inline key int_key(int64_t number) { return new_int(number); }

static inline key str_key(const char *text, size_t size)
{
    lua_pushlstring(L, text, size);
    return own();
}

static inline void drop_key(key k) { drop(k); }

static inline void intern(const char *text, size_t size)
{
    lua_pushlstring(L, text, size);
    lua_pop(L, 1);
}

static inline void keep_interned(const char *text, size_t size) { str_key(text, size); }

/* ---------------------------------------------------------------- collecting -- */

static inline void poll(void) {}

static size_t census(void)
{
    size_t bytes = (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB);
    return bytes / TABLE_SIZE;
}
