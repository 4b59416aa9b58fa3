/* The Lua state in which scenarios run: its own memory and limits, the module
 * refchain, nothing of the program's. */
#ifndef LAB_SCENARIO_H
#define LAB_SCENARIO_H

#include <lua.h>

/* Add `scenario` to the table on top, and the class of scenario states.
 *
 * scenario()                   a new state
 * state:call(module, name, …)  call a function of a module in the state.  Arguments
 *                              and results are numbers, strings, booleans, and
 *                              tables of them; an error is raised here, as text.
 * state:limit{seconds = s, memory = bytes, crash = true}
 *                              in the process that it should hold for; seconds for
 *                              all guarded calls together, 0 or nil: none */
void scenario_register(lua_State *L);

#endif
