/* Files, folders and the terminal's measures, as Lua wants them. */
#ifndef LAB_FILES_H
#define LAB_FILES_H

#include <lua.h>

/* Add to the table on top:
 *
 * kind(path)           "file", "folder" or "other"; or nil and why not
 * list(path)           names in a folder, sorted by byte; or nil and why not
 * make_folders(path)   make a folder and those above it; true, or nil and why not
 * is_terminal(n)       whether descriptor n is one
 * columns()            the terminal's width
 * cores()              processors that this process may use
 * now()                seconds from some fixed moment */
void files_register(lua_State *L);

#endif
