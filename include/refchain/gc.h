/* The cycle collector: Python's gc module.
 *
 * Where Python returns a list of objects these functions show each object to a
 * callback: asking never changes the heap. */
#ifndef REFCHAIN_GC_H
#define REFCHAIN_GC_H

#include <refchain/base.h>
#include <refchain/object.h>

/* Collect `generation` and every younger one (0, 1, 2) and put the number of
 * unreachable objects found into *found; 0 while a collection is running.
 * Finalizers and callbacks run.  Fails: ValueError for another generation. */
RC_API RC_CHECKED bool rc_gc_collect(rc_heap *heap, int64_t generation, size_t *found);

/* Run a collection that an allocation has requested (profiles whose collections
 * are deferred); returns whether one ran.  Call it between operations. */
RC_API bool rc_gc_poll(rc_heap *heap);

/* Whether the container that is made next may start an automatic collection, or request
 * one.  If not, nothing runs while it is made. */
RC_API bool rc_gc_is_near(const rc_heap *heap);

/* Switch automatic collection on or off; whether it is on. */
RC_API void rc_gc_enable(rc_heap *heap);
RC_API void rc_gc_disable(rc_heap *heap);
RC_API bool rc_gc_is_enabled(const rc_heap *heap);

/* Whether a collection is running now. */
RC_API bool rc_gc_is_collecting(const rc_heap *heap);

/* Thresholds and counters of the three generations, `generation` being 0, 1 or 2.
 * Thresholds are C ints. */
RC_API int rc_gc_threshold(const rc_heap *heap, int generation);
RC_API void rc_gc_set_threshold(rc_heap *heap, int generation, int threshold);
RC_API int rc_gc_count(const rc_heap *heap, int generation);

/* The quarter rule's two numbers: objects left by the last full collection, and
 * those that have moved into the oldest generation since. */
RC_API size_t rc_gc_long_lived_total(const rc_heap *heap);
RC_API size_t rc_gc_long_lived_pending(const rc_heap *heap);

typedef struct rc_gc_stats {
    uint64_t collections, collected, uncollectable;
    uint64_t candidates;                /* objects that were looked at */
    uint64_t nanoseconds;               /* by the clock of the heap's hooks */
} rc_gc_stats;

/* What the collections of a generation, 0, 1 or 2, have come to since the heap was opened. */
RC_API rc_gc_stats rc_gc_get_stats(const rc_heap *heap, int generation);

/* Debug flags, with CPython's values; any int is kept as it is. */
#define RC_DEBUG_STATS 1
#define RC_DEBUG_COLLECTABLE 2
#define RC_DEBUG_UNCOLLECTABLE 4
#define RC_DEBUG_INSTANCES 8            /* of profiles with the field debug_kinds */
#define RC_DEBUG_OBJECTS 16             /* likewise */
#define RC_DEBUG_SAVEALL 32
#define RC_DEBUG_LEAK 38                /* 62 in profiles with debug_kinds */
RC_API int rc_gc_debug(const rc_heap *heap);
RC_API void rc_gc_set_debug(rc_heap *heap, int flags);

/* Freeze: move everything tracked to the permanent generation; unfreeze: to the
 * oldest one.  The count is of frozen objects. */
RC_API void rc_gc_freeze(rc_heap *heap);
RC_API void rc_gc_unfreeze(rc_heap *heap);
RC_API size_t rc_gc_freeze_count(const rc_heap *heap);

/* Python's gc.is_tracked() and gc.is_finalized(). */
RC_API bool rc_gc_is_tracked(const rc_heap *heap, const rc_object *object);
RC_API bool rc_gc_is_finalized(const rc_heap *heap, const rc_object *object);

/* The generation that holds the object: 0, 1, 2, RC_PERMANENT or RC_NO_GENERATION. */
RC_API int rc_gc_generation(const rc_heap *heap, const rc_object *object);

/* How many objects a generation holds (RC_PERMANENT and RC_FOUND too). */
RC_API size_t rc_gc_size(const rc_heap *heap, int generation);

/* A callback that is shown objects, until it returns false.  It must not change
 * the heap. */
typedef bool (*rc_object_visitor)(void *context, rc_object *object);

/* The objects of a generation (RC_PERMANENT and RC_FOUND too) from its head; -1: of
 * generations 0, 1 and 2, in this order. */
RC_API void rc_gc_each(const rc_heap *heap, int generation, rc_object_visitor visit,
                       void *context);

/* The objects that `object` refers to, in the collector's order; also for untracked
 * containers. */
RC_API void rc_gc_referents(const rc_heap *heap, rc_object *object, rc_object_visitor visit,
                            void *context);

/* The tracked, unfrozen objects that refer to any of `targets`, each once, in the
 * order of rc_gc_each(-1). */
RC_API void rc_gc_referrers(const rc_heap *heap, rc_object *const *targets, size_t count,
                            rc_object_visitor visit, void *context);

/* gc.callbacks: called at the start and the end of each collection, in order.
 * It may do anything; errors are its own affair. */
typedef struct rc_gc_info {
    bool stop;                          /* false: "start" */
    int generation;
    size_t collected, uncollectable;    /* 0 at the start, and so are the next two */
    uint64_t candidates, nanoseconds;
} rc_gc_info;
typedef void (*rc_gc_callback)(void *context, rc_heap *heap, const rc_gc_info *info);

/* The callback that every collection tells, or NULL for none. */
RC_API void rc_gc_set_callback(rc_heap *heap, rc_gc_callback callback, void *context);

/* ---------------------------------------------- what will happen, what happened -- */

/* Whether an allocation has asked for a collection that rc_gc_poll will run. */
RC_API bool rc_gc_is_requested(const rc_heap *heap);

/* When the next automatic collection comes, as things stand. */
typedef struct rc_gc_forecast {
    bool automatic;                     /* enabled, and generation 0's threshold is not 0 */
    bool requested;                     /* it waits for rc_gc_poll */
    int generation;                     /* that it takes */
    int64_t allocations;                /* of containers, less those released, up to the one that
                                           starts or requests it; 0 when it is requested */
    int64_t collections[RC_GENERATIONS];        /* of the next younger generation that must come
                                           before the counter is over its threshold; [0] is 0 */
    size_t wanted;                      /* the quarter rule: how many must be pending; 0: no rule */
    bool held_back;                     /* by that rule, if the full collection were due now */
} rc_gc_forecast;
RC_API rc_gc_forecast rc_gc_get_forecast(const rc_heap *heap);

#define RC_FIRST_KEPT 4

/* What a collection did, and why it ran. */
typedef struct rc_gc_last {
    uint64_t number;                    /* 1 for the heap's first; 0: there was none, all is 0 */
    int generation;
    bool automatic;
    const rc_type *trigger;             /* of the allocation that started or requested it, or NULL */
    int64_t trigger_birth;              /* its object's; 0 while it is not there yet */
    int counts[RC_GENERATIONS], thresholds[RC_GENERATIONS];     /* when it was decided, and so ... */
    size_t long_lived_total, long_lived_pending;
    bool held_back;                     /* ... the full collection was due but for the quarter rule */
    size_t visited;                     /* objects in it */
    size_t survivors;                   /* found reachable, and moved to the older generation */
    size_t untracked;                   /* found reachable, and untracked */
    size_t unreachable;                 /* all that were found so */
    size_t uncollectable;               /* of these, set aside for their legacy finalizers */
    size_t weakrefs_cleared, callbacks_called, finalizers_called;
    size_t kept;                        /* resurrected */
    int64_t first_kept[RC_FIRST_KEPT];  /* births of the first of them; 0: no more */
    size_t trash;                       /* the final trash, which was cleared (or saved) */
    size_t destroyed;                   /* objects of all types that died of it */
    uint64_t nanoseconds;               /* by the clock of the heap's hooks */
} rc_gc_last;

/* The last collection that came to its end; the heap's, and changed by the next one. */
RC_API const rc_gc_last *rc_gc_get_last(const rc_heap *heap);

/* What a collection would decide about one object. */
typedef struct rc_gc_verdict {
    rc_object *object;                  /* borrowed */
    int generation;                     /* that holds it */
    uint32_t refcount;
    uint32_t refs;                      /* the collector's copy, less the references from inside */
    bool reachable;
    bool untracked;                     /* reachable, and about to be untracked */
} rc_gc_verdict;

typedef struct rc_gc_examination {
    rc_gc_verdict *merged;              /* in the order of the merged list */
    size_t count;
    size_t *separated;                  /* places in `merged`: the reachable, in the order of their
                                           list afterwards, then the unreachable in theirs */
    size_t reachable;                   /* how many */
} rc_gc_examination;

/* In place of a generation, while a collection runs: what it has found unreachable. */
#define RC_FOUND 4

/* What a collection of `generation` (or a second look at RC_FOUND) would decide, step
 * for step as it would, but in memory of the host: nothing in the heap changes.  False
 * when there is no memory; else the caller frees what it was given.  Takes time linear in
 * the generation. */
RC_API RC_CHECKED bool rc_gc_examine(const rc_heap *heap, int generation,
                                     rc_gc_examination *examination);
RC_API void rc_gc_examination_free(rc_gc_examination *examination);

/* What a collection tells its watcher. */
typedef enum rc_gc_moment {
    RC_GC_STARTED,                      /* nothing has been touched */
    RC_GC_SET_ASIDE,                    /* object: unreachable, kept for a legacy finalizer */
    RC_GC_CLEARS_WEAKREF,               /* object: the weak reference */
    RC_GC_CALLS_BACK,                   /* object: the weak reference */
    RC_GC_FINALIZES,                    /* object */
    RC_GC_FINALIZED,                    /* RC_FOUND is all that may die; resurrections are looked for
                                           if anything was called */
    RC_GC_DELETES,                      /* RC_FOUND is the final trash */
    RC_GC_FINISHED
} rc_gc_moment;

/* `tell` is called in the middle of a collection: it may look, and must change nothing. */
typedef struct rc_gc_watcher {
    void (*tell)(void *context, rc_heap *heap, rc_gc_moment moment, rc_object *object);
    void *context;
} rc_gc_watcher;

/* Let `watcher` (copied; NULL: nobody) be told of each collection. */
RC_API void rc_gc_watch(rc_heap *heap, const rc_gc_watcher *watcher);

/* The collection that is running now, as far as it has come; NULL: none.  The heap's. */
RC_API const rc_gc_last *rc_gc_get_running(const rc_heap *heap);

/* gc.garbage: a sequence outside the heap that holds a counted reference to each
 * of its objects; NULL after the last.  Clearing it releases them, last to first. */
RC_API size_t rc_gc_garbage_size(const rc_heap *heap);
RC_API RC_BORROWED rc_object *rc_gc_garbage_get(const rc_heap *heap, size_t i);
RC_API void rc_gc_garbage_clear(rc_heap *heap);

#endif
