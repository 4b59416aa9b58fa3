/* Garbage that is large and plain is released all at once. */
#ifndef HEAP_BULK_H
#define HEAP_BULK_H

#include "object.h"

/* Whether a full collection may release `garbage`, the list of its final trash, at once:
 * because nobody can tell that it was not done one by one. */
bool may_release_at_once(const rc_heap *heap, int garbage);

/* Do it; the list is empty then.  False when there is no memory for it: nothing has been done. */
bool release_at_once(rc_heap *heap, int garbage);

/* For the types' `scrap`: release a reference that a member of the garbage holds.  Other
 * members die anyway; their counts are not needed any more. */
static inline void scrap_reference(rc_heap *heap, rc_object *target, rc_reason reason,
                                   const rc_object *holder)
{
    if (in_container_range(heap, target) && *refs_of(heap, target) != 0)
        return;
    rc_release(heap, target, reason, holder);
}

/* Likewise give a member's own memory back, if that is so large that it comes from no pool:
 * otherwise release_at_once does it. */
static inline void scrap_head(rc_heap *heap, rc_object *self, size_t bytes)
{
    if (RC_UNLIKELY(whole_slots(bytes) > LARGEST_SMALL))
        memory_free_large(heap, &heap->memory.containers, self, whole_slots(bytes));
}

#endif
