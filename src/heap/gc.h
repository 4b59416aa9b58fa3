/* The collector, as the type modules see it; the shortest paths to it are in side.h. */
#ifndef HEAP_GC_H
#define HEAP_GC_H

#include <refchain/gc.h>

typedef struct gc_generation {
    int threshold, count;               /* generation 0's means nothing while members count */
    rc_gc_stats stats;
} gc_generation;

typedef struct gc_state {
    gc_generation generations[RC_GENERATIONS];
    size_t long_lived_total, long_lived_pending;        /* the quarter rule's two numbers */
    bool enabled, collecting;
    bool counts_members;                /* the profile's counter strategy */
    int reached;                        /* 1: a counter that has come to its threshold is over it */
    int due;                            /* an allocation that brings generation 0's counter here
                                         * asks whether to collect; INT_MAX while it could not */
    bool requested;                     /* a deferred collection waits for rc_gc_poll */
    const rc_type *trigger;             /* of the allocation that asks for the next collection */
    int64_t trigger_birth;              /* its object's; 0: it is not there yet */
    rc_gc_last running, last;           /* the first is `last` when the collection is over */
    rc_gc_watcher watcher;
    int debug;
    rc_gc_callback callback;
    void *callback_context;
    rc_object **garbage;                /* one reference each */
    size_t garbage_size, garbage_room;
} gc_state;

/* Generation 0's counter may be over its threshold: if so, and the collector may,
 * collect.  `type` is that of the object that is about to be made; NULL: it is there,
 * the newest. */
RC_COLD void gc_threshold_passed(rc_heap *heap, const rc_type *type);

/* Work out `due` anew, when anything that it depends on has changed. */
void gc_set_due(rc_heap *heap);

/* Put an object into gc.garbage.  Fails: MemoryError. */
RC_CHECKED bool gc_append_garbage(rc_heap *heap, rc_object *object);

/* Generation `generation`'s counter. */
int gc_counter(const rc_heap *heap, int generation);

/* Whether generation `generation`'s counter is over its threshold. */
bool gc_has_passed(const rc_heap *heap, int generation);

/* Whether the quarter rule keeps `generation` from being collected automatically. */
bool gc_is_held_back(const rc_heap *heap, int generation);

/* Collect generation `generation`: the number of unreachable objects found.  The
 * caller has made sure that no collection is running. */
size_t gc_run(rc_heap *heap, int generation, bool automatic);

/* What a trigger strategy does when generation 0's counter is over its threshold:
 * the oldest generation over its own is collected. */
bool gc_collect_due(rc_heap *heap);

#endif
