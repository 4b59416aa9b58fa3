/* set and frozenset, as other modules see them. */
#ifndef HEAP_SET_H
#define HEAP_SET_H

#include <refchain/set.h>
#include "layout.h"

#define SMALLEST_SET 8                  /* entries of the first table */

/* What an entry holds whose element is gone: searches go on behind it. */
#define DELETED_KEY ((rc_object *)(uintptr_t)1)

/* Whether an entry of a set holds an element. */
static inline bool set_entry_used(const set_entry *entry)
{
    return entry->key != NULL && entry->key != DELETED_KEY;
}

/* Python's `x in set`; a set stands for the frozenset that equals it.
 * Fails: TypeError, RecursionError. */
RC_CHECKED bool set_contains(rc_heap *heap, rc_object *set, rc_object *x, bool *result);

/* The shared empty frozenset is made on first use: nothing to do so far. */
RC_CHECKED bool set_open(rc_heap *heap);

#endif
