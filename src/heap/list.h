/* list, as other modules see it. */
#ifndef HEAP_LIST_H
#define HEAP_LIST_H

#include <refchain/list.h>

/* Python's `a + b` and `list * count`, from the free list if it can.
 * Fail: TypeError (`b` is no list), MemoryError. */
RC_NEW rc_object *list_concat(rc_heap *heap, rc_object *a, rc_object *b);
RC_NEW rc_object *list_repeat(rc_heap *heap, rc_object *list, int64_t count);

#endif
