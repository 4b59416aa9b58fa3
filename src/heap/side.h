/* From an object to its entry in the side table, and back; walking a list; a
 * container's way into the collector's sight and out of it. */
#ifndef HEAP_SIDE_H
#define HEAP_SIDE_H

#include "events.h"
#include "memory.h"

static inline uint32_t slot_of(const rc_heap *heap, const void *object)
{
    return (uint32_t)((size_t)((const char *)object - heap->memory.window) / SLOT_SIZE);
}

static inline rc_object *object_at(const rc_heap *heap, uint32_t slot)
{
    return (rc_object *)(heap->memory.window + (size_t)slot * SLOT_SIZE);
}

static inline side_entry *entry_at(const rc_heap *heap, uint32_t slot)
{
    return &heap->memory.containers.side[slot];
}

static inline side_entry *entry_of(const rc_heap *heap, const void *object)
{
    return entry_at(heap, slot_of(heap, object));
}

static inline uint32_t *refs_at(const rc_heap *heap, uint32_t slot)
{
    return &heap->memory.containers.refs[slot];
}

static inline uint32_t *refs_of(const rc_heap *heap, const void *object)
{
    return refs_at(heap, slot_of(heap, object));
}

/* Whether the address belongs to a container, without looking at the object: the
 * container range comes first in the window. */
static inline bool in_container_range(const rc_heap *heap, const void *address)
{
    return (const char *)address < heap->memory.blocks.base;
}

/* Link the entry of a container that is in no list into `list`, as its last. */
static inline void link_last(rc_heap *heap, uint32_t slot, int list)
{
    side_entry *sentinel = entry_at(heap, (uint32_t)list), *entry = entry_at(heap, slot);

    entry->prev = sentinel->prev;
    entry->next = (uint32_t)list;
    entry_at(heap, sentinel->prev)->next = slot;
    sentinel->prev = slot;
    entry->list = (uint8_t)list;
    heap->list_sizes[list]++;
}

static inline void unlink_entry(rc_heap *heap, side_entry *entry)
{
    entry_at(heap, entry->prev)->next = entry->next;
    entry_at(heap, entry->next)->prev = entry->prev;
    heap->list_sizes[entry->list]--;
    entry->list = NO_LIST;
}

/* -------------------------------------------------------------------- the newborn --
 *
 * The newest object is linked and counted only when the next one is born: one that dies before,
 * as most temporaries do, never is.  If it is tracked while it is the newest, that is only
 * noted beside its address, and its entry in the side table is not touched.  (Made and dropped,
 * at once and so: a float 4.8 and 3.8 ns, a list 7.4 and 4.1, a tuple of 2 9.9 and 6.3.  Made
 * and kept, 1e6 of them: floats 8.9 and 9.4, lists 14.9 and 15.4.)  Whoever follows links, reads
 * an entry or counts calls link_newborn first, or something of the following that does. */

#define TRACKED 1u                      /* added to the address in heap->newborn */

/* Whether it is the newest, tracked or not, and not linked yet. */
static inline bool is_newborn(const rc_heap *heap, const rc_object *object)
{
    return heap->newborn - (uintptr_t)object <= TRACKED;
}

static inline void link_object(rc_heap *heap, uintptr_t newborn)
{
    rc_object *object = (rc_object *)(newborn & ~(uintptr_t)TRACKED);

    ring_add_first(&heap->refchain, object);
    heap->live[object->type->index]++;
    if (newborn & TRACKED)
        link_last(heap, slot_of(heap, object), YOUNGEST);
}

static inline void link_newborn(const rc_heap *const_heap)
{
    rc_heap *heap = (rc_heap *)const_heap;      /* nobody can tell before from after */

    if (heap->newborn)
        link_object(heap, heap->newborn);
    heap->newborn = 0;
}

/* Living objects of one type. */
static inline size_t live_of(const rc_heap *heap, rc_type_index type)
{
    link_newborn(heap);
    return heap->live[type];
}

/* ---------------------------------------------------------------- walking a list -- */

#define ENTRIES_AHEAD 128

/* Where a long list is followed from link to link: most lead to the next slot, but only one that
 * has been loaded tells.  (1e6 lists in pairs freed by the collector: 31 ns an object -> 24.)  Gcc
 * 12 takes a function that only prefetches for one without effect, unless it is inlined. */
static inline __attribute__((always_inline))
void prefetch_entries(const rc_heap *heap, uint32_t slot)
{
    __builtin_prefetch(entry_at(heap, slot + ENTRIES_AHEAD), 1);
}

/* The slot after `slot` in its list, where little is done for each: most are neighbours, and a
 * processor that predicts so goes on with the next before the link has been loaded.  (The empty
 * instruction keeps a compiler from returning `next` in both cases.  1e4 lists in pairs freed by
 * the collector: 18 ns an object -> 14.) */
static inline uint32_t next_slot(const rc_heap *heap, uint32_t slot)
{
    uint32_t next = entry_at(heap, slot)->next;

    if (RC_UNLIKELY(next != slot + 1))
        return next;
    __asm__("" : "+r"(slot));
    return slot + 1;
}

/* The first container of a list, or NULL; the one after it in the same list. */
static inline rc_object *list_first(const rc_heap *heap, int list)
{
    swept(heap);
    link_newborn(heap);
    uint32_t slot = entry_at(heap, (uint32_t)list)->next;
    return slot == (uint32_t)list ? NULL : object_at(heap, slot);
}

static inline rc_object *list_next(const rc_heap *heap, const rc_object *object, int list)
{
    if (entry_of(heap, object)->next == (uint32_t)list)
        link_newborn(heap);             /* it may be the next */
    uint32_t slot = entry_of(heap, object)->next;
    return slot == (uint32_t)list ? NULL : object_at(heap, slot);
}

/* ------------------------------------------------------------ moving, tracking -- */

static inline void tell_generation(rc_heap *heap, rc_object *object, int list)
{
    if (event_wanted(heap, RC_GENERATION_CHANGED) && list >= YOUNGEST && list <= PERMANENT)
        event_generation(heap, object, list - YOUNGEST);
}

/* Put a container that is in no list at the tail of `list`. */
static inline void list_append(rc_heap *heap, rc_object *object, int list)
{
    link_last(heap, slot_of(heap, object), list);
    tell_generation(heap, object, list);
}

/* Take a container out of the list it is in. */
static inline void list_remove(rc_heap *heap, rc_object *object)
{
    unlink_entry(heap, entry_of(heap, object));
}

/* Both, one after the other. */
static inline void list_move(rc_heap *heap, rc_object *object, int list)
{
    list_remove(heap, object);
    list_append(heap, object, list);
}

/* Whether a container is tracked. */
static inline bool gc_tracked(const rc_heap *heap, const rc_object *object)
{
    link_newborn(heap);
    return entry_of(heap, object)->list != NO_LIST;
}

/* Put a container at the tail of generation 0, where nobody looks on; it must not be tracked. */
static inline rc_object *gc_track_quietly(rc_heap *heap, rc_object *object)
{
    if (RC_LIKELY(heap->newborn == (uintptr_t)object))
        heap->newborn += TRACKED;
    else
        track_older(heap, object);
    return object;
}

/* The same, and tell. */
static inline void gc_track(rc_heap *heap, rc_object *object)
{
    gc_track_quietly(heap, object);
    if (RC_UNLIKELY(heap->front.events))
        event_tracked(heap, object);
}

/* Take a container out of its generation, if it is in one, without a word: whether it
 * was.  It must not be the newborn. */
static inline bool gc_untrack_quietly(rc_heap *heap, const rc_object *object)
{
    side_entry *entry = entry_of(heap, object);

    if (entry->list == NO_LIST)
        return false;
    unlink_entry(heap, entry);
    entry->flags &= (uint8_t)~COLLECTING;       /* tracked again, it is no member any more */
    return true;
}

/* The same, and tell. */
static inline void gc_untrack(rc_heap *heap, rc_object *object)
{
    link_newborn(heap);
    if (gc_untrack_quietly(heap, object) && event_wanted(heap, RC_UNTRACKED))
        event_object(heap, RC_UNTRACKED, object);
}

/* CPython's _PyObject_GC_MAY_BE_TRACKED: a container that is no tuple, or a tracked
 * tuple. */
static inline bool gc_may_be_tracked(const rc_heap *heap, const rc_object *object)
{
    return in_container_range(heap, object)
           && (!rc_is(object, &rc_tuple_type) || gc_tracked(heap, object));
}

/* Whether a container's finalizer has run, in this life of its memory. */
static inline bool gc_is_finalized(const rc_heap *heap, const rc_object *object)
{
    return (entry_of(heap, object)->flags & FINALIZED) != 0;
}

static inline void gc_set_finalized(rc_heap *heap, const rc_object *object)
{
    entry_of(heap, object)->flags |= FINALIZED;
}

/* Before its memory is given back. */
static inline void gc_clear_finalized(rc_heap *heap, const rc_object *object)
{
    entry_of(heap, object)->flags &= (uint8_t)~FINALIZED;
}

/* ------------------------------------------------------ generation 0's counter -- */

/* Whether one more allocation would ask for a collection. */
static inline bool gc_will_be_due(const rc_heap *heap)
{
    return heap->gc.generations[0].count + 1 >= heap->gc.due;
}

/* Memory for a container of this type has really been allocated: where the counter is that of
 * allocations, it may collect. */
static inline void gc_count_allocation(rc_heap *heap, const rc_type *type)
{
    if (RC_UNLIKELY(++heap->gc.generations[0].count >= heap->gc.due))
        gc_threshold_passed(heap, type);
}

/* A new container is complete and tracked: where the counter is that of generation
 * 0's members, look at it.  May collect: the caller has nothing left to do but to
 * return the container. */
static inline void gc_count_member(rc_heap *heap)
{
    if (RC_UNLIKELY(heap->gc.counts_members))
        gc_threshold_passed(heap, NULL);
}

/* Memory for containers has been given back: the counter falls, but not below 0. */
static inline void gc_count_releases(rc_heap *heap, int count)
{
    int *counter = &heap->gc.generations[0].count;

    if (RC_LIKELY(*counter >= count))
        *counter -= count;
    else if (*counter > 0)              /* cannot be for one, and costs nothing there */
        *counter = 0;
}

static inline void gc_count_release(rc_heap *heap)
{
    gc_count_releases(heap, 1);
}

#endif
