/* list, as other modules see it. */
#ifndef HEAP_LIST_H
#define HEAP_LIST_H

#include <refchain/list.h>
#include "layout.h"

/* Python's `a + b` and `list * count`, from the free list if it can.
 * Fail: TypeError (`b` is no list), MemoryError. */
RC_NEW rc_object *list_concat(rc_heap *heap, rc_object *a, rc_object *b);
RC_NEW rc_object *list_repeat(rc_heap *heap, rc_object *list, int64_t count);

/* Its items, last to first. */
static inline void list_visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    rc_list *list = (rc_list *)self;

    for (size_t i = list->var.size; i-- > 0; )
        show(heap, list->items[i], context);
}

#endif
