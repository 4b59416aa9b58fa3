/* tuple: a fixed number of items inside the object. */
#ifndef REFCHAIN_TUPLE_H
#define REFCHAIN_TUPLE_H

#include <refchain/base.h>

/* A tuple of `count` items, each with a reference of its own; the one empty tuple
 * for 0.  From the free list of its length if that has one.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_tuple_new(rc_heap *heap, rc_object *const *items, size_t count);

/* Python's tuple(x): a tuple gives itself.  Fails: TypeError, RuntimeError, MemoryError. */
RC_API RC_NEW rc_object *rc_tuple_call(rc_heap *heap, rc_object *x);

/* Number of items. */
RC_API size_t rc_tuple_size(const rc_object *tuple);

/* The item at `i`; a negative `i` counts from the end.  Fails: IndexError. */
RC_API RC_CHECKED RC_BORROWED rc_object *rc_tuple_get(rc_heap *heap, rc_object *tuple, int64_t i);

/* As for lists.  Fails: ValueError, RecursionError. */
RC_API RC_CHECKED bool rc_tuple_index(rc_heap *heap, rc_object *tuple, rc_object *x, size_t *index);
RC_API RC_CHECKED bool rc_tuple_count(rc_heap *heap, rc_object *tuple, rc_object *x, size_t *count);

#endif
