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

/* Automatic collection. */
RC_API void rc_gc_enable(rc_heap *heap);
RC_API void rc_gc_disable(rc_heap *heap);
RC_API bool rc_gc_is_enabled(const rc_heap *heap);

/* Whether a collection is running now. */
RC_API bool rc_gc_is_collecting(const rc_heap *heap);

/* Thresholds and counters of the three generations.  Thresholds are C ints. */
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

RC_API bool rc_gc_is_tracked(const rc_heap *heap, const rc_object *object);
RC_API bool rc_gc_is_finalized(const rc_heap *heap, const rc_object *object);

/* The generation that holds the object: 0, 1, 2, RC_PERMANENT or RC_NO_GENERATION. */
RC_API int rc_gc_generation(const rc_heap *heap, const rc_object *object);

/* How many objects a generation holds (RC_PERMANENT too). */
RC_API size_t rc_gc_size(const rc_heap *heap, int generation);

/* A callback that is shown objects, until it returns false.  It must not change
 * the heap. */
typedef bool (*rc_object_visitor)(void *context, rc_object *object);

/* The objects of a generation (RC_PERMANENT too) from its head; -1: of
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

/* gc.garbage: a sequence outside the heap that holds a counted reference to each
 * of its objects. */
RC_API size_t rc_gc_garbage_size(const rc_heap *heap);
RC_API RC_BORROWED rc_object *rc_gc_garbage_get(const rc_heap *heap, size_t i);
RC_API void rc_gc_garbage_clear(rc_heap *heap);

#endif
