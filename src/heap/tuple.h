/* tuple, as other modules see it. */
#ifndef HEAP_TUPLE_H
#define HEAP_TUPLE_H

#include <refchain/tuple.h>
#include "layout.h"

/* Make the empty tuple.  Fails: MemoryError. */
RC_CHECKED bool tuple_open(rc_heap *heap);

/* Python's `a + b` and `tuple * count`.  Fail: TypeError (`b` is no tuple),
 * MemoryError. */
RC_NEW rc_object *tuple_concat(rc_heap *heap, rc_object *a, rc_object *b);
RC_NEW rc_object *tuple_repeat(rc_heap *heap, rc_object *tuple, int64_t count);

/* Untrack a tracked tuple if none of its items may be tracked; one that is still
 * being filled stays. */
void tuple_maybe_untrack(rc_heap *heap, rc_object *tuple);

/* Its items, last to first. */
static inline void tuple_visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    rc_tuple *tuple = (rc_tuple *)self;

    for (size_t i = tuple->var.size; i-- > 0; ) {
        if (tuple->items[i])
            show(heap, tuple->items[i], context);
    }
}

#endif
