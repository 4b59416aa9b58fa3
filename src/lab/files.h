/* Files, folders and the terminal's measures, as Lua wants them. */
#ifndef LAB_FILES_H
#define LAB_FILES_H

#include <lua.h>

/* Add to the table on top:
 *
 * kind(path)           "file", "folder" or "other", and a text that is the same for
 *                      all names of the same file; or nil and why not
 * list(path)           names in a folder, sorted by byte; or nil and why not
 * make_folders(path[, private])
 *                      make a folder and those above it, for its owner alone if `private`;
 *                      true, or nil and why not
 * is_terminal(n)       whether descriptor n is one
 * columns()            the terminal's width
 * fit(text, columns)   as much of a text in UTF-8 as fits into so many columns
 * flush()              write what standard output holds; true, or nil and why not,
 *                      if that or anything before could not be written
 * cores()              processors that this process may use
 * now()                seconds from some fixed moment */
void files_register(lua_State *L);

#endif
