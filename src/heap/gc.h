/* The collector, as the type modules see it. */
#ifndef HEAP_GC_H
#define HEAP_GC_H

#include <refchain/gc.h>

typedef struct gc_generation {
    int threshold, count;
    rc_gc_stats stats;
} gc_generation;

typedef struct gc_state {
    gc_generation generations[RC_GENERATIONS];
    size_t long_lived_total, long_lived_pending;        /* the quarter rule's two numbers */
    bool enabled, collecting;
    bool counts_members;                /* the profile's counter strategy */
    int reached;                        /* 1: a counter that has come to its threshold is over it */
    bool requested;                     /* a deferred collection waits for rc_gc_poll */
    int debug;
    rc_gc_callback callback;
    void *callback_context;
    rc_object **garbage;                /* one reference each */
    size_t garbage_size, garbage_room;
} gc_state;

/* Put a container at the tail of generation 0; it must not be tracked. */
void gc_track(rc_heap *heap, rc_object *object);

/* Take a container out of its generation, if it is in one. */
void gc_untrack(rc_heap *heap, rc_object *object);

/* Whether a container is tracked. */
bool gc_tracked(const rc_heap *heap, const rc_object *object);

/* A container's side entry starts anew: untracked, not finalized. */
void gc_clear_entry(rc_heap *heap, const void *memory);

/* Memory for a container has really been allocated (which may collect) or given
 * back: generation 0's counter. */
void gc_count_allocation(rc_heap *heap);
void gc_count_release(rc_heap *heap);

/* A new container is complete and tracked: where the counter is that of generation
 * 0's members, look at it.  May collect: the caller has nothing left to do but to
 * return the container.  (gc_count_member in state.h asks for the strategy first.) */
void gc_member_joined(rc_heap *heap);

/* Put an object into gc.garbage.  Fails: MemoryError. */
RC_CHECKED bool gc_append_garbage(rc_heap *heap, rc_object *object);

/* Generation `generation`'s counter. */
int gc_counter(const rc_heap *heap, int generation);

/* Whether a container's finalizer has run, in this life of its memory. */
bool gc_is_finalized(const rc_heap *heap, const rc_object *object);
void gc_set_finalized(rc_heap *heap, const rc_object *object);

/* Collect generation `generation`: the number of unreachable objects found.  The
 * caller has made sure that no collection is running. */
size_t gc_run(rc_heap *heap, int generation);

/* What a trigger strategy does when generation 0's counter is over its threshold:
 * the oldest generation over its own is collected. */
bool gc_collect_due(rc_heap *heap);

/* CPython's _PyObject_GC_MAY_BE_TRACKED: a container that is no tuple, or a tracked
 * tuple. */
bool gc_may_be_tracked(const rc_heap *heap, const rc_object *object);

#endif
