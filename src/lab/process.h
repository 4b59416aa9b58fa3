/* Child processes that run one Lua function each and report over a descriptor of
 * their own. */
#ifndef LAB_PROCESS_H
#define LAB_PROCESS_H

#include <lua.h>

/* Add `fork`, `wait`, `report` to the table on top, and the class of jobs.
 *
 * fork(f)              a job: a child process that calls f() and ends; or nil
 *                      and why there is none
 * wait(jobs, seconds)  what a sequence of jobs has said since: a sequence of
 *                      {job = its index, stream = "report" | "stdout" | "stderr", text = …}
 *                      or, last of a job, {job = …, ended = true, status = … | signal = name}
 * report(kind, text)   in a child: a message to the parent
 * job:kill()           end the child and those it has started */
void process_register(lua_State *L);

/* In a child: the descriptor of reports, else -1. */
int process_report(void);

#endif
