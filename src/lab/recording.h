/* The file that a scenario's recording goes to.  It is opened before the scenario
 * starts, which has no access to files itself. */
#ifndef LAB_RECORDING_H
#define LAB_RECORDING_H

#include <lua.h>

/* Add to the table on top
 *
 * open_recording(path, compressed)  a new file, which must not exist -> true, or nil
 *                                   and why not
 * close_recording()                 true, or nil and why not all is written */
void recording_register(lua_State *L);

/* guest: record(address, size) -> whether the file took that memory */
int recording_write(lua_State *L);

#endif
