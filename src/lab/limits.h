/* Limits on a scenario, without a permanent hook.
 *
 * At the time limit a signal arms a count hook on every thread of the scenario's
 * state.  The hook raises at every instruction, so that nothing can swallow the
 * error.  When that has not ended the scenario a second later, it is inside a C
 * function that does not return: the process reports the line of the call and
 * ends.  Ctrl-C in the shell arms the same hook. */
#ifndef LAB_LIMITS_H
#define LAB_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "allocator.h"

#define LIMITS_TEXT 512

typedef enum limits_stop {
    LIMITS_NONE, LIMITS_TIME, LIMITS_INTERRUPT
} limits_stop;

typedef struct limits {
    lua_State *L;                       /* the main thread */
    allocator *allocator;
    double seconds;                     /* the time limit; 0: none */
    char library[LIMITS_TEXT];          /* source of a Lua library that words call, or "" */
    int report;                         /* descriptor for last words, or -1 */

    lua_Hook resting;                   /* what hooks the state when ours does not */
    int resting_mask;
    volatile limits_stop stop;          /* why the hook is armed */
    volatile bool inside;               /* a guarded call is running */
    volatile int ticks;                 /* of the timer, the first at the limit */
    volatile int pressed;               /* how often Ctrl-C came during this call */
    void *reserve;                      /* memory for what follows a failure; NULL: none, or used */
    bool reached;                       /* the hook has raised: `message` says where */
    char message[LIMITS_TEXT];
    char refused[LIMITS_TEXT];          /* FILE:LINE where Lua was last refused memory */
    char raised[LIMITS_TEXT];           /* FILE:LINE that the message handler has noted */
} limits;

/* Begin to watch over a state: there is one at a time, signal handlers know it. */
void limits_attach(limits *self);

/* Start the clock; the limit is one for all guarded calls that follow. */
void limits_start_clock(limits *self);
void limits_stop_clock(void);

/* Let Ctrl-C interrupt guarded calls; without one running it is only noted. */
void limits_catch_interrupt(void);

/* Whether Ctrl-C came since the last question. */
bool limits_interrupted(void);

/* Say where in the script a crash happened, before dying of it; no core files. */
void limits_catch_crash(limits *self);

/* No more than `bytes` of data beyond what the process has now.  A reserve is put by, and
 * given back when a guarded call fails: what is to be said of that needs memory, too. */
void limits_memory(limits *self, size_t bytes);

/* lua_pcall under the limits: what is on the stack is called, as by lua_pcall.
 * Returns how it ended: "ok", "error", "memory", "timeout" or "interrupted"; unless
 * "ok" one value, the error, is on the stack.  A time-out that the callee has caught
 * is one all the same. */
const char *limits_call(limits *self, lua_State *L, int arguments);

/* A message handler: notes FILE:LINE of the error in `raised`. */
int limits_note(lua_State *L);

/* FILE:LINE of the innermost function of the scenario that is running, on any of
 * the state's threads; "" when there is none.  May be called in a signal handler. */
void limits_where(limits *self, char *text, size_t size);

/* Send a message `kind` with one text to the parent.  May be called in a signal
 * handler. */
void limits_report(int descriptor, const char *kind, const char *text, size_t size);

#endif
