/* The memory of a scenario's Lua state: small blocks from pools, an account, a
 * limit, and a list of the state's threads.
 *
 * The list is what makes a time limit possible: Lua tells its allocator when a
 * block is for a new thread, so that a signal handler can reach every coroutine
 * (limits.c) whoever made it. */
#ifndef LAB_ALLOCATOR_H
#define LAB_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#define ALLOCATOR_STEP 16               /* bytes from one size class to the next */
#define ALLOCATOR_CLASSES 16            /* the largest pooled block has 256 bytes */

typedef struct allocator_thread {
    struct allocator_thread *next, *prev;       /* prev is NULL: not a thread */
    bool ready;                         /* it has its stack: Lua's functions may look at it */
} allocator_thread;

typedef struct allocator {
    size_t used;                        /* bytes that Lua has, as it counts them */
    size_t limit;                       /* 0: none */
    bool limiting;                      /* the limit holds now: a scenario is running */
    bool short_of_memory;               /* it was reached, and little has become free since */
    size_t at_once;                     /* `used` that a small block may reach without a look */
    size_t thread_size;                 /* of a thread's block; other blocks may have it too */
    size_t stack_size;                  /* of its first stack */
    void *free[ALLOCATOR_CLASSES + 1];  /* chains of free blocks by class */
    char *unused, *unused_end;          /* the rest of the newest chunk */
    void *chunks;                       /* chain of all chunks */
    allocator_thread threads;           /* ring of all but the main thread, newest first */
    allocator_thread *newest;           /* as long as it is not ready, else NULL */
    bool has_stack;                     /* the newest has got its stack */

    void (*refused)(void *context);     /* told when the limit or the system says no; may be NULL */
    void *context;
} allocator;

void allocator_open(allocator *self);
void allocator_close(allocator *self);

/* Set the limit, in bytes; let it hold or not. */
void allocator_limit(allocator *self, size_t limit, bool limiting);

/* The lua_Alloc; `self` is the allocator. */
void *allocator_take(void *self, void *block, size_t old_size, size_t new_size);

/* The thread in an entry of the ring. */
lua_State *allocator_thread_of(allocator_thread *entry);

#endif
