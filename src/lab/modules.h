/* What a Lua state of the program starts with, and the program's C modules. */
#ifndef LAB_MODULES_H
#define LAB_MODULES_H

#include <lua.h>

/* Open the standard libraries, `refchain.core`, and the embedded Lua files, which
 * `require` finds before those on the path.  The path loses its entries in the
 * current folder: what lies there is a user's. */
void modules_open(lua_State *L);

/* Offer a C module to `require`. */
void modules_offer(lua_State *L, const char *name, lua_CFunction open);

int luaopen_refchain_core(lua_State *L);        /* src/binding */
int luaopen_lab_host(lua_State *L);             /* host.c: for the program's state */
int luaopen_lab_guest(lua_State *L);            /* guest.c: for a scenario's state */
int luaopen_lab_terminal(lua_State *L);         /* terminal.c: for the shell */

#endif
