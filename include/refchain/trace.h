/* Heap traces: programs of heap operations with the results that a reference
 * implementation gave (tests/conformance/FORMAT.md).  Bytes come in and go out by
 * callback. */
#ifndef REFCHAIN_TRACE_H
#define REFCHAIN_TRACE_H

#include <refchain/base.h>
#include <refchain/heap.h>

/* One result that differs from the trace's. */
typedef struct rc_divergence {
    size_t line;                        /* from 1 */
    const char *operation;              /* the line's text, without its result */
    const char *expected;               /* "2 0 0", "error TypeError", "no error" */
    const char *got;
} rc_divergence;

typedef struct rc_replay_options {
    const rc_profile *profile;          /* NULL: the one that the trace names */
    /* Changes the profile, a copy of it, before the heap is opened; may be NULL. */
    void (*derive)(void *context, rc_profile *own);
    bool keep_going;                    /* go on after a divergence */
    size_t memory_limit;                /* of the heap, in bytes; 0: none */
    bool check;                         /* rc_heap_check after every operation below 1,000
                                         * objects, beyond at each doubling, and at the end */

    /* The trace's text, up to `size` bytes into `buffer`; returns how many, 0 at the
     * end, -1 on an error of its own. */
    ptrdiff_t (*read)(void *context, char *buffer, size_t size);

    /* Told of each divergence; may be NULL. */
    void (*diverged)(void *context, const rc_divergence *divergence);

    /* If not NULL, receives the trace again with this heap's results. */
    bool (*write)(void *context, const char *text, size_t size);
    void *context;
} rc_replay_options;

typedef enum rc_replay_status {
    RC_REPLAY_DONE,                     /* to the end; see `divergences` */
    RC_REPLAY_UNREADABLE,               /* `read` failed, or not a trace: see `problem`, `line` */
    RC_REPLAY_BROKEN,                   /* a heap invariant broke: see `problem`, `line` */
    RC_REPLAY_NO_MEMORY,
    RC_REPLAY_UNWRITABLE                /* `write` refused */
} rc_replay_status;

typedef struct rc_replay_result {
    rc_replay_status status;
    size_t operations;                  /* executed, each repetition counted */
    size_t divergences;
    size_t line;                        /* the last one read */
    char problem[256];
} rc_replay_result;

/* Replay a trace on a heap of its own. */
RC_API rc_replay_result rc_replay(const rc_replay_options *options);

#endif
