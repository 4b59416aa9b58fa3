/* How generations are stored; the shortest paths to them are in side.h.
 *
 * Beside the slots of the container arena lies the side table, an entry a slot, and the
 * refs, a number a slot: the collector's copy of a count, 0 between collections.  They are
 * apart because a collection looks at those of all that is referred to, in no order: dense,
 * more of them are in cache.  A container's entry is that of its first slot.  A generation is
 * a circular doubly linked list of entries, linked by slot number through a sentinel; the
 * first slots of the arena are never handed out, their entries are the sentinels.
 *
 * An entry is left clean by the container that dies (untracked, no flags), so that the
 * next one in its slot need not clear it. */
#ifndef HEAP_GENERATION_H
#define HEAP_GENERATION_H

#include "arena.h"
#include "layout.h"

/* The lists.  A container is in one of them or, untracked, in none.  A list's number
 * is the slot of its sentinel, but for 0, which is no slot. */
enum {
    NO_LIST,
    YOUNGEST,                           /* generation g is the list YOUNGEST + g */
    PERMANENT = YOUNGEST + RC_GENERATIONS,
    UNREACHABLE,                        /* what a collection has found */
    STILL_UNREACHABLE,                  /* ... and finds again after the finalizers */
    SEEN,                               /* what of it has been finalized already */
    CALLBACKS,                          /* weak references whose callbacks wait */
    UNCOLLECTABLE,                      /* garbage with legacy finalizers, and what it reaches */
    STARTUP,                            /* tracked, but of start-up: never in a collection */
    LISTS
};

typedef struct side_entry {
    uint32_t next, prev;                /* slots */
    uint8_t list;                       /* which; NO_LIST: untracked */
    uint8_t flags;
    uint16_t unused;
} side_entry;

/* flags */
enum {
    FINALIZED = 1,                      /* its finalizer has run */
    COLLECTING = 2                      /* a member of the collection that is running */
};

/* Every list empty. */
void lists_open(rc_heap *heap);

/* Forget who is in a list: their entries are the caller's business. */
void list_empty(rc_heap *heap, int list);

/* Append all of `from` to the tail of `to`, in order; `from` is empty then. */
void list_merge(rc_heap *heap, int from, int to);

/* gc_track_quietly for a container that is not the newborn. */
void track_older(rc_heap *heap, const rc_object *object);

size_t list_size(const rc_heap *heap, int list);

/* NULL, or what is wrong with the links. */
const char *lists_check(const rc_heap *heap);

#endif
