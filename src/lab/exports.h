/* The files that a scenario's events and snapshot go to.  They are opened before the
 * scenario starts, which has no access to files itself. */
#ifndef LAB_EXPORTS_H
#define LAB_EXPORTS_H

#include <lua.h>

/* Add to the table on top
 *
 * open_export(number, path, database)  a file, or an SQLite database, made anew: true, or nil
 *                                      and why not; `number` is 1, 2 or 3
 * close_export(number)                 true, or nil and why not all is written */
void exports_register(lua_State *L);

/* guest: export_sink(number) -> where its text goes (an rc_sink), or nil */
int exports_sink(lua_State *L);

#endif
