/* The program's own files as text, and what a page says of texts, as Lua wants it. */
#ifndef LAB_TEXTS_H
#define LAB_TEXTS_H

#include <lua.h>

/* Add to the table on top:
 *
 * embedded(name)   the text of a file that is part of the program, "lua/lab/book.js"
 * sha256(text)     its SHA-256 in base64, as a Content-Security-Policy names it
 * deflated(text)   compressed (RFC 1950), in base64 */
void texts_register(lua_State *L);

#endif
