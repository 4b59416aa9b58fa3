/* A heap: opening and closing, its memory, its caches, and looking at all of it.
 *
 * Any number of heaps, of any profiles, live side by side; they share nothing.
 * One heap is used by one thread at a time. */
#ifndef REFCHAIN_HEAP_H
#define REFCHAIN_HEAP_H

#include <refchain/base.h>
#include <refchain/object.h>
#include <refchain/profile.h>

/* ------------------------------------------------------------ open and close -- */

typedef struct rc_death {
    uint32_t watch;                     /* what rc_watch gave */
    const rc_type *type;
    rc_object *object;                  /* dying: for its address and class only */
    int64_t birth;
    bool by_collector;
} rc_death;

/* What a heap asks of its host; every member may be NULL.  `context` goes to each. */
typedef struct rc_hooks {
    void *context;

    /* Diagnostics: what gc.set_debug asks for, errors that nobody can catch. */
    void (*write)(void *context, const char *text, size_t size);

    /* Nanoseconds from any fixed moment, for the statistics of collections. */
    uint64_t (*clock)(void *context);

    /* An allocation is about to start, or request, an automatic collection.
     * References may be released; the condition is tested again afterwards. */
    void (*before_collection)(void *context, rc_heap *heap);

    /* Tell rc_heap_check of every reference that the host owns: call
     * report(report_context, object) once for each. */
    void (*roots)(void *context, void (*report)(void *report_context, rc_object *object),
                  void *report_context);

    /* A watched object dies.  The heap must not be touched. */
    void (*died)(void *context, const rc_death *death);
} rc_hooks;

typedef struct rc_options {
    const rc_profile *profile;          /* copied; NULL: the default */
    const rc_hooks *hooks;              /* copied; NULL: none */
    size_t memory_limit;                /* bytes; 0: none */
} rc_options;

/* A new heap, or NULL when there is no memory or no address range for it.
 * `options` may be NULL.  Its address ranges lie in the first free window of
 * 64 GiB from 0x200000000000 on (on 32-bit machines anywhere), so that ids are
 * the same on every run. */
RC_API RC_CHECKED rc_heap *rc_heap_open(const rc_options *options);

/* Close the heap and give back all its memory, whatever is still alive in it;
 * no finalizer or callback runs.  NULL is allowed. */
RC_API void rc_heap_close(rc_heap *heap);

/* The heap's own copy of its profile. */
RC_API const rc_profile *rc_heap_profile(const rc_heap *heap);

/* ------------------------------------------------------------------ memory -- */

typedef struct rc_memory_stats {
    size_t used;                        /* bytes in blocks that are handed out, free lists included */
    size_t peak;                        /* the greatest `used` so far */
    size_t limit;                       /* 0: none */
    size_t committed;                   /* bytes of address space made usable, tables included */
    uint64_t allocations, releases;     /* blocks handed out and given back */
} rc_memory_stats;

/* The account of the heap's memory. */
RC_API rc_memory_stats rc_heap_memory(const rc_heap *heap);

/* Change the limit, in bytes; 0: none.  What is used already stays. */
RC_API void rc_heap_set_limit(rc_heap *heap, size_t bytes);

/* Let the n-th allocation from now on fail, and only that one; 0: none. */
RC_API void rc_heap_fail_allocation(rc_heap *heap, uint64_t n);

/* Whether the failure asked for has happened. */
RC_API bool rc_heap_allocation_failed(const rc_heap *heap);

/* Whether `address` lies in the heap's ranges. */
RC_API bool rc_heap_owns(const rc_heap *heap, const void *address);

/* ------------------------------------------------ operands, watched objects -- */

/* A stack of references that running operations hold.  rc_operand_mark gives its height;
 * rc_operand_push takes the reference over, also when it fails (MemoryError);
 * rc_operand_release drops all above `mark`, newest first. */
RC_API size_t rc_operand_mark(const rc_heap *heap);
RC_API RC_CHECKED bool rc_operand_push(rc_heap *heap, RC_TAKEN rc_object *object);
RC_API void rc_operand_release(rc_heap *heap, size_t mark);

/* How many references to `object` are on the operand stack. */
RC_API size_t rc_operand_count(const rc_heap *heap, const rc_object *object);

/* Watch an object: a number that is never 0 and that rc_watched knows until the
 * object dies, whatever lives at its address afterwards.  Watching twice gives
 * the same number.  Returns 0 on failure (MemoryError). */
RC_API RC_CHECKED uint32_t rc_watch(rc_heap *heap, rc_object *object);

/* Whether the object that was given this number is still alive.  Reads none of
 * the heap's objects. */
RC_API bool rc_watched(const rc_heap *heap, uint32_t watch);

/* ------------------------------------------------------------------ looking -- */

/* The refchain: the newest object, then rc_older until NULL. */
RC_API RC_BORROWED rc_object *rc_newest(const rc_heap *heap);
RC_API RC_BORROWED rc_object *rc_older(const rc_heap *heap, const rc_object *object);

/* How many objects of `type` live, or of all types if NULL. */
RC_API size_t rc_live(const rc_heap *heap, const rc_type *type);

/* How many were ever born, start-up not included. */
RC_API uint64_t rc_births(const rc_heap *heap);

typedef struct rc_free_list_stats {
    size_t size, capacity;              /* objects */
    uint64_t hits, misses;              /* allocations served, and not */
} rc_free_list_stats;

/* The free list of `type`; `length` matters for tuples only.  All 0 for a type
 * that has none. */
RC_API rc_free_list_stats rc_free_list(const rc_heap *heap, const rc_type *type, size_t length);

/* The i-th entry of a free list, the next one to be served first: its address; NULL after
 * the last. */
RC_API const void *rc_free_list_entry(const rc_heap *heap, const rc_type *type, size_t length,
                                      size_t i);

typedef enum rc_cache { RC_SMALL_INTS, RC_CHARACTERS, RC_INTERNED, RC_CACHES } rc_cache;

typedef struct rc_cache_stats {
    size_t size;                        /* objects in it */
    uint64_t hits, misses;              /* an object found there; made instead */
} rc_cache_stats;

/* How large a cache is, and how it has served. */
RC_API rc_cache_stats rc_cache_info(const rc_heap *heap, rc_cache cache);

/* Show each object of a cache to `object` until it returns false: the pool by
 * value, the characters by code point, the interned in order of birth of their
 * entry.  `object` must not change the heap. */
RC_API void rc_cache_each(const rc_heap *heap, rc_cache cache,
                          bool (*object)(void *context, rc_object *object), void *context);

/* Python's None, True, False.  Borrowed: the heap owns them. */
RC_API RC_BORROWED rc_object *rc_none(const rc_heap *heap);
RC_API RC_BORROWED rc_object *rc_bool(const rc_heap *heap, bool value);

/* ----------------------------------------------------------------- checking -- */

/* Verify every invariant: the refchain is a ring of exactly the live objects; each
 * count equals the references from containers, classes, caches, the operand stack,
 * gc.garbage and the hook `roots`; generations, counters, free lists and pools
 * agree.  Returns NULL, or a description of the first thing that is wrong (in a
 * buffer of the heap, until the next check).  Changes nothing; when there is not
 * memory enough to check, that counts as right.  Takes time linear in the heap. */
RC_API const char *rc_heap_check(rc_heap *heap);

#endif
