/* Who is told of what happens in a heap.
 *
 * One observer can be attached to a heap.  With none, each place that could tell
 * costs one predictable branch.  An observer is called in the middle of things:
 * it may look at the event's fields and at counts, and must not change the heap
 * or call anything that allocates, compares or releases. */
#ifndef REFCHAIN_EVENTS_H
#define REFCHAIN_EVENTS_H

#include <refchain/base.h>

typedef enum rc_event_kind {
    RC_CREATED,                 /* object (its head: the rest is not filled yet); origin */
    RC_DESTROYED,               /* object (its fields are still there); by_collector */
    RC_MEMORY_RETURNED,         /* address, size: a block is really given back */
    RC_COUNT_CHANGED,           /* object, change, reason, holder */
    RC_TRACKED,                 /* object */
    RC_UNTRACKED,               /* object */
    RC_GENERATION_CHANGED,      /* object, generation (RC_PERMANENT for the frozen) */
    RC_COLLECTION_STARTED,      /* generation */
    RC_COLLECTION_FINISHED,     /* generation, collected, uncollectable, nanoseconds */
    RC_WEAKREF_CLEARED,         /* object: the weak reference */
    RC_FINALIZER_CALLED,        /* object: about to be finalized */
    RC_EVENT_KINDS
} rc_event_kind;

#define RC_EVENT_BIT(kind) (1u << (kind))
#define RC_ALL_EVENTS (RC_EVENT_BIT(RC_EVENT_KINDS) - 1)
#define RC_PERMANENT 3          /* the generation of frozen objects */
#define RC_NO_GENERATION (-1)   /* untracked, or detached by a running collection */

/* Why a count changed; in brackets what `holder` is then. */
typedef enum rc_reason {
    RC_FOR_CALLER,              /* a C program's own reference (NULL) */
    RC_FOR_CREATION,            /* the first reference of a new object (NULL) */
    RC_FOR_OPERAND,             /* held while an operation runs (NULL) */
    RC_FOR_ITEM,                /* item of a list or tuple (the container) */
    RC_FOR_ELEMENT,             /* element of a set or frozenset (the container) */
    RC_FOR_KEY,                 /* key of a dict (the dict) */
    RC_FOR_VALUE,               /* value of a dict (the dict) */
    RC_FOR_ATTRIBUTE,           /* attribute of an instance (the instance) */
    RC_FOR_ATTRIBUTES,          /* an instance's dict of attributes (the instance) */
    RC_FOR_CLASS,               /* a name in a class's shared names (the rc_class) */
    RC_FOR_POOL,                /* the small-int pool (NULL) */
    RC_FOR_CHARACTERS,          /* the character cache (NULL) */
    RC_FOR_SINGLETON,           /* None, True, False, the empty tuple … (NULL) */
    RC_FOR_INTERN_TABLE,        /* an immortal interned string (NULL) */
    RC_FOR_GARBAGE,             /* gc.garbage (NULL) */
    RC_FOR_COLLECTOR,           /* held for a moment by the collector (NULL) */
    RC_FOR_FINALIZER,           /* the dying object held while its finalizer runs (NULL) */
    RC_FOR_NAME,                /* a scenario's name (a NUL-ended string) */
    RC_FOR_TEMPORARY,           /* a scenario's temporary (NULL) */
    RC_REASONS
} rc_reason;

/* "item", "key", "small-int pool" …  A static string. */
RC_API const char *rc_reason_name(rc_reason reason);

/* "created", "destroyed", "memory returned" …  A static string. */
RC_API const char *rc_event_name(rc_event_kind kind);

typedef struct rc_event {
    rc_event_kind kind;
    rc_object *object;          /* borrowed; NULL where the event has none */
    int origin;                 /* an rc_origin */
    bool by_collector;
    uintptr_t address;
    size_t size;                /* bytes */
    int change;                 /* +1, -1, or 0: handed over */
    rc_reason reason;
    const void *holder;
    int generation;
    size_t collected, uncollectable;
    uint64_t nanoseconds;       /* 0 where the heap has no clock (rc_options) */
} rc_event;

typedef struct rc_observer {
    uint32_t events;            /* which: RC_EVENT_BIT(RC_CREATED) | … */
    void (*notify)(void *context, rc_heap *heap, const rc_event *event);
    void *context;

    /* If not NULL, this is told of RC_COUNT_CHANGED, and `notify` is not: counts change so
     * often that making an event of each would be half the work. */
    void (*count_changed)(void *context, rc_heap *heap, rc_object *object, int change,
                          rc_reason reason, const void *holder);
} rc_observer;

/* Attach `observer` (copied) in place of the one before; NULL detaches. */
RC_API void rc_observe(rc_heap *heap, const rc_observer *observer);

#endif
