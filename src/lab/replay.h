/* The front end of replay. */
#ifndef LAB_REPLAY_H
#define LAB_REPLAY_H

#include <lua.h>

/* Add to the table on top:
 *
 * replay(path, {profile = name, keep_going = b, check = b, max = n, max_memory = bytes,
 *               print = f}, diverged)
 *      Replay a trace, plain or compressed; call diverged(line, operation, expected,
 *      got) for the first `max` divergences, print(text) with pieces of the trace
 *      written again.  Returns {status = "done" | "unreadable" | "broken" | "no memory",
 *      operations =, divergences =, line =, problem =}. */
void replay_register(lua_State *L);

#endif
