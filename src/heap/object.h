/* Making, linking and destroying objects (for the type modules). */
#ifndef HEAP_OBJECT_H
#define HEAP_OBJECT_H

#include "events.h"
#include "memory.h"
#include "ring.h"
#include "side.h"

/* -------------------------------------------------------------------- birth -- */

/* An object's number is in the last bits of its state, so that the state of the next object is one
 * addition away, and one overflow tells that the numbers begin again, or that somebody looks
 * on: until he goes, heap->newest_state has the last number.  (A float made and dropped takes 49
 * instructions instead of 62, with those that dies_quietly spares the newborn.) */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the count comes first in a state");

#define ONE_BIRTH (UINT64_C(1) << (64 - BIRTH_BITS))
#define LAST_BIRTH (UINT64_MAX / ONE_BIRTH)
#define FIRST_STATE (ONE_BIRTH + 1)     /* number 1 (0 is no birth), count 1 */
#define ORIGIN_SHIFT 32

static inline uint64_t births_so_far(const rc_heap *heap)
{
    return heap->earlier_births + heap->newest_state / ONE_BIRTH;
}

/* Say how many there were. */
void set_births(rc_heap *heap, uint64_t births);

/* Say which events somebody waits for from now on, as bits, with all that follows from it. */
void set_events(rc_heap *heap, uint32_t events);

RC_COLD rc_object *born_with_care(rc_heap *heap, rc_object *object, const rc_type *type,
                                  rc_memory_origin origin);

/* It is the newest now; the one before is linked. */
static inline void join_refchain(rc_heap *heap, rc_object *object)
{
    uintptr_t newborn = heap->newborn;

    heap->newborn = (uintptr_t)object;
    if (RC_UNLIKELY(newborn))
        link_object(heap, newborn);
}

static inline rc_object *begin_life(rc_heap *heap, rc_object *object, uint64_t state,
                                    const rc_type *type, rc_memory_origin origin)
{
    object->state = state | (uint64_t)origin << ORIGIN_SHIFT;
    object->type = type;
    join_refchain(heap, object);
    return object;
}

/* Where nobody looks on. */
static inline rc_object *born_quietly(rc_heap *heap, void *memory, const rc_type *type,
                                      rc_memory_origin origin)
{
    uint64_t state;

    if (RC_UNLIKELY(__builtin_add_overflow(heap->newest_state, ONE_BIRTH, &state))) {
        heap->earlier_births += LAST_BIRTH;
        state = FIRST_STATE;
    }
    heap->newest_state = state;
    return begin_life(heap, memory, state, type, origin);
}

static inline rc_object *born(rc_heap *heap, void *memory, const rc_type *type,
                              rc_memory_origin origin)
{
    uint64_t state;

    if (RC_UNLIKELY(__builtin_add_overflow(heap->newest_state, ONE_BIRTH, &state)))
        return born_with_care(heap, memory, type, origin);
    heap->newest_state = state;
    return begin_life(heap, memory, state, type, origin);
}

/* A new object of a type that is no container: `bytes` of memory, count 1, on the
 * refchain; everything after the head is for the caller to fill.  NULL with
 * MemoryError.  Never runs user code. */
static inline rc_object *object_new(rc_heap *heap, const rc_type *type, size_t bytes)
{
    bool fresh;
    void *memory = object_memory_new(heap, false, bytes, &fresh);
    return memory ? born(heap, memory, type, fresh ? RC_FRESH_BLOCK : RC_REUSED_BLOCK) : NULL;
}

/* The same for a container, untracked.  It counts towards generation 0 and may start
 * a collection first: finalizers and callbacks may run before it returns.
 * Everything after the head is for the caller to fill before anything else happens. */
static inline rc_object *object_new_container(rc_heap *heap, const rc_type *type, size_t bytes)
{
    bool fresh;
    void *memory = object_memory_new(heap, true, bytes, &fresh);

    if (RC_UNLIKELY(!memory))
        return NULL;
    gc_count_allocation(heap, type);    /* may collect: the new object is not there yet */
    return born(heap, memory, type, fresh ? RC_FRESH_BLOCK : RC_REUSED_BLOCK);
}

/* A new object in memory from `list`, or NULL (no error) if that is empty.  Counts
 * towards nothing. */
static inline rc_object *object_from_free_list(rc_heap *heap, freelist *list,
                                               const rc_type *type, size_t bytes)
{
    void *memory = freelist_take(list, bytes);

    return memory ? born(heap, memory, type, RC_FROM_FREE_LIST) : NULL;
}

static inline rc_object *object_from_free_list_quietly(rc_heap *heap, freelist *list,
                                                       const rc_type *type, size_t bytes)
{
    void *memory = freelist_take(list, bytes);

    return memory ? born_quietly(heap, memory, type, RC_FROM_FREE_LIST) : NULL;
}

/* Whether nothing can happen while a container is made from memory that is there: nobody
 * looks on, and the collector counts allocations.  Where it is asked first, what follows is
 * a leaf of a function, which saves no registers: 20 instructions less for a list. */
static inline bool made_quietly(const rc_heap *heap)
{
    return RC_LIKELY(!heap->front.events && !heap->gc.counts_members);
}

/* rc_hold, and rc_release of what is not the last reference, while nobody looks. */
static inline void hold_quietly(rc_object *object)
{
    object->refcount++;
}

static inline bool outlives_quietly(rc_object *object)
{
    if (object->refcount == 1)
        return false;
    object->refcount--;
    return true;
}

/* object_new and object_new_container of at most LARGEST_FINE bytes, where nothing can
 * happen meanwhile and memory is at hand; or NULL: take the long way.  (While somebody looks on
 * no memory is: memory_set_unquestioned.) */
static inline rc_object *object_new_quietly(rc_heap *heap, const rc_type *type, size_t bytes)
{
    bool fresh;
    void *memory = memory_new_at_hand(heap, &heap->memory.blocks, bytes, &fresh);

    return memory ? born_quietly(heap, memory, type, fresh ? RC_FRESH_BLOCK : RC_REUSED_BLOCK)
                  : NULL;
}

static inline rc_object *object_new_container_quietly(rc_heap *heap, const rc_type *type,
                                                      size_t bytes)
{
    bool fresh;

    if (RC_UNLIKELY(heap->gc.counts_members) || RC_UNLIKELY(gc_will_be_due(heap)))
        return NULL;
    void *memory = memory_new_at_hand(heap, &heap->memory.containers, whole_slots(bytes), &fresh);
    if (!memory)
        return NULL;
    heap->gc.generations[0].count++;
    return born_quietly(heap, memory, type, fresh ? RC_FRESH_BLOCK : RC_REUSED_BLOCK);
}

/* -------------------------------------------------------------------- death -- */

/* object_dies where a ledger is kept. */
RC_COLD bool object_dies_told(rc_heap *heap, rc_object *object, rc_reason reason,
                              const rc_object *holder);

/* What types have for `die`: an object that is no container; one that is. */
void atom_dies(rc_heap *heap, rc_object *object);
void container_dies(rc_heap *heap, rc_object *object);

static inline bool nobody_is_told(const rc_heap *heap, const rc_object *object)
{
    return RC_LIKELY(!heap->front.events && !object->watched);
}

/* Whether an object that is no container, and whose count has come to 0, may go without a word:
 * nobody is told, as always of the newborn.  What a type does then is a leaf of a function in
 * which all that the type says is a constant: 25 instructions less for a list. */
static inline bool dies_quietly(const rc_heap *heap, const rc_object *object)
{
    return RC_LIKELY(heap->newborn == (uintptr_t)object) || nobody_is_told(heap, object);
}

/* The same for a container without a finalizer and weak references: it does not go into the
 * trashcan either. */
static inline bool container_dies_quietly(const rc_heap *heap, const rc_object *object)
{
    return (RC_LIKELY(is_newborn(heap, object)) || nobody_is_told(heap, object))
           && RC_LIKELY(heap->trash_nesting < heap->calm_levels);
}

static inline void leave_refchain(rc_heap *heap, rc_object *object, const rc_type *type)
{
    link_newborn(heap);                 /* it may be this one, and tracked */
    ring_remove(object);
    heap->live[type->index]--;
}

/* The same for what is no container, and is never tracked. */
static inline void atom_leaves(rc_heap *heap, rc_object *object, const rc_type *type)
{
    if (RC_LIKELY(heap->newborn == (uintptr_t)object)) {
        heap->newborn = 0;
    } else {
        ring_remove(object);
        heap->live[type->index]--;
    }
}

/* A container that dies quietly is gone; what it holds and its memory are still to be released. */
static inline void leave_quietly(rc_heap *heap, rc_object *object, const rc_type *type)
{
    if (RC_LIKELY(is_newborn(heap, object))) {
        heap->newborn = 0;
    } else {
        ring_remove(object);
        gc_untrack_quietly(heap, object);
        heap->live[type->index]--;
    }
}

/* The rest of a death that has come so far, by the type's `destroy`: whatever dies of it. */
void container_dies_on(rc_heap *heap, rc_object *object);

/* The death of the outermost container, of this type, is over, and the trash is not empty: now
 * it will be. */
RC_COLD void outermost_has_died(rc_heap *heap, const rc_type *type);

/* Around the death of a container that dies of another's quiet death, where the other does not
 * leave that to container_dies_on; `type` is the other's, all of whose memory has been given
 * back in the end. */
static inline void container_descends(rc_heap *heap)
{
    heap->trash_nesting++;
}

static inline void container_ascends(rc_heap *heap, const rc_type *type)
{
    if (RC_LIKELY(--heap->trash_nesting > 0 || !heap->trash))
        return;
    heap->deaths++;
    outermost_has_died(heap, type);
    heap->deaths--;
}

/* Release a reference that the dying `holder` has: true if a container dies of it,
 * which is then for whoever called `destroy` to destroy.  Others die here. */
static inline bool object_dies(rc_heap *heap, rc_object *object, rc_reason reason,
                               const rc_object *holder)
{
    if (event_wanted(heap, RC_COUNT_CHANGED))
        return object_dies_told(heap, object, reason, holder);
    if (RC_LIKELY(--object->refcount > 0))
        return false;
    if (object->type->container)
        return true;
    rc_destroy(heap, object);
    return false;
}

/* The same where the object outlives the reference, as most do, and no ledger is kept; or
 * false: nothing has been done.  A `destroy` that begins with these is a leaf of a function
 * until something dies. */
static inline bool object_outlives(const rc_heap *heap, rc_object *object)
{
    if (event_wanted(heap, RC_COUNT_CHANGED) || object->refcount == 1)
        return false;
    object->refcount--;
    return true;
}

/* object_dies where a container dies and no ledger is kept; or false: nothing has been done. */
static inline bool container_dies_of(const rc_heap *heap, rc_object *object)
{
    if (event_wanted(heap, RC_COUNT_CHANGED) || object->refcount != 1
        || !in_container_range(heap, object))
        return false;
    object->refcount = 0;
    return true;
}

/* Give a dead object's memory back to its range; a container then lowers generation
 * 0's counter. */
static inline void object_return(rc_heap *heap, rc_object *dead, bool container, size_t bytes)
{
    if (event_wanted(heap, RC_MEMORY_RETURNED))
        event_memory_returned(heap, dead, bytes);
    object_memory_free(heap, container, dead, bytes);
    if (container)
        gc_count_release(heap);
}

/* The same where nobody looks on and the block goes where nothing else has to be done
 * (memory_keep); false: nothing has been done. */
static inline bool object_return_quietly(rc_heap *heap, rc_object *dead, bool container,
                                         size_t bytes)
{
    if (!(container ? memory_keep(heap, &heap->memory.containers, dead, whole_slots(bytes))
                    : memory_keep(heap, &heap->memory.blocks, dead, bytes)))
        return false;
    if (container)
        gc_count_release(heap);
    return true;
}

/* Let an object wait that dies quietly and holds nothing any more; its block is one of up to
 * LARGEST_FINE bytes.  False: it has to leave now. */
static inline bool sweep_later(rc_heap *heap, rc_object *dead)
{
    unswept *unswept = &heap->unswept;

    if (RC_LIKELY(unswept->count >= unswept->room))
        return false;
    unswept->queue[unswept->count++] = dead;
    return true;
}

/* object_return of what has left the heap without a word, where it takes a look at a pool: if
 * that has been so for a while, the next will be swept. */
RC_OUT_OF_LINE void object_return_elsewhere(rc_heap *heap, rc_object *dead, bool container,
                                            size_t bytes);

static inline void container_return(rc_heap *heap, rc_object *dead, size_t bytes)
{
    if (whole_slots(bytes) > LARGEST_FINE || !object_return_quietly(heap, dead, true, bytes))
        object_return_elsewhere(heap, dead, true, bytes);
}

/* A container, or an int or float, that dies quietly and holds nothing any more is gone, past the
 * free list: now, or when it is swept. */
static inline void container_gone(rc_heap *heap, rc_object *dead, const rc_type *type,
                                  size_t bytes)
{
    if (whole_slots(bytes) <= LARGEST_FINE && sweep_later(heap, dead))
        return;
    leave_quietly(heap, dead, type);
    container_return(heap, dead, bytes);
}

static inline void atom_gone(rc_heap *heap, rc_object *dead, const rc_type *type, size_t bytes)
{
    if (sweep_later(heap, dead))
        return;
    atom_leaves(heap, dead, type);
    if (!object_return_quietly(heap, dead, false, bytes))
        object_return_elsewhere(heap, dead, false, bytes);
}

/* object_return, but to `list` if that has room (NULL: there is none). */
static inline void object_free(rc_heap *heap, rc_object *dead, bool container, size_t bytes,
                               freelist *list)
{
    if (!list || !freelist_put(list, dead, bytes))
        object_return(heap, dead, container, bytes);
}

/* Give back all memory that a free list keeps. */
void object_empty_free_list(rc_heap *heap, freelist *list, bool container, size_t bytes);

/* Undo object_new or object_new_container: take a half-made object that nobody has
 * seen out of the heap again, as the death of an empty one. */
#define object_discard(heap, object) rc_release(heap, object, RC_FOR_CREATION, NULL)

/* Python's recursion limit, for everything that descends into objects on the C
 * stack: false with RecursionError when it goes too deep: RC_SAYS_TOO_DEEP or what
 * follows it. */
bool recursion_enter(rc_heap *heap, rc_wording says);

/* The same with another limit, for what CPython does not count. */
bool recursion_enter_to(rc_heap *heap, uint32_t limit, rc_wording says);
void recursion_leave(rc_heap *heap);

/* An object's hash by identity: its offset in the heap, rotated as CPython rotates
 * an address. */
int64_t identity_hash(const rc_heap *heap, const rc_object *object);

#endif
