/* list, as other modules see it. */
#ifndef HEAP_LIST_H
#define HEAP_LIST_H

#include <refchain/list.h>
#include "object.h"

/* Python's `a + b` and `list * count`, from the free list if it can.
 * Fail: TypeError (`b` is no list), MemoryError. */
RC_NEW rc_object *list_concat(rc_heap *heap, rc_object *a, rc_object *b);
RC_NEW rc_object *list_repeat(rc_heap *heap, rc_object *list, int64_t count);

/* An array that was made smaller and smaller ends as one of no items, as CPython's does: the list
 * can be told from one that never had an array.  What the smallest block has is said here, so
 * that it is a number of words. */
static inline size_t list_array_bytes(size_t room)
{
    size_t least = SMALLEST_BLOCK / sizeof(rc_object *);
    return (room < least ? least : room) * sizeof(rc_object *);
}

/* What its type's `destroy` does in a list of lists: the last item dies of it, into *child; or
 * it is empty, and its memory goes where nothing else has to be done.  False: `destroy` has
 * to do what is left. */
static inline bool list_dies_on(rc_heap *heap, rc_object *self, rc_object **child)
{
    rc_list *list = (rc_list *)self;

    if (list->var.size > 0) {
        *child = list->items[list->var.size - 1];
        if (!container_dies_of(heap, *child))
            return false;
        list->var.size--;
        return true;
    }
    size_t bytes = list_array_bytes(list->allocated);
    if (!list->items || bytes > LARGEST_FINE
        || !memory_keep(heap, &heap->memory.blocks, list->items, bytes))
        return false;
    list->items = NULL;
    *child = NULL;
    return freelist_put(&heap->list_free, self, sizeof(rc_list))
           || (!heap->front.events && object_return_quietly(heap, self, true, sizeof(rc_list)));
}

/* Its items, last to first. */
static inline void list_visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    rc_list *list = (rc_list *)self;

    for (size_t i = list->var.size; i-- > 0; )
        show(heap, list->items[i], context);
}

#endif
