/* list: a head and an array of items that grows with spare room. */
#ifndef REFCHAIN_LIST_H
#define REFCHAIN_LIST_H

#include <refchain/base.h>

/* A list of `count` items as the display `[a, b, …]` makes it: its head comes from
 * the free list if that has one.  It adds a reference of its own to each item.
 * `items` may be NULL when count is 0.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_list_display(rc_heap *heap, rc_object *const *items, size_t count);

/* Calling the type, `list()` or `list(x)`: never from the free list.  `x` is NULL or
 * something iterable (a str too).  Fails: TypeError, RuntimeError, MemoryError. */
RC_API RC_NEW rc_object *rc_list_call(rc_heap *heap, rc_object *x);

/* Number of items, and the room that is allocated for them. */
RC_API size_t rc_list_size(const rc_object *list);
RC_API size_t rc_list_allocated(const rc_object *list);

/* The item at `i`; a negative `i` counts from the end.  Fails: IndexError. */
RC_API RC_CHECKED RC_BORROWED rc_object *rc_list_get(rc_heap *heap, rc_object *list, int64_t i);

/* Put `item` in place of the item at `i`, which is released.  Fails: IndexError. */
RC_API RC_CHECKED bool rc_list_set(rc_heap *heap, rc_object *list, int64_t i, rc_object *item);

/* Append `item`.  Fails: MemoryError. */
RC_API RC_CHECKED bool rc_list_append(rc_heap *heap, rc_object *list, rc_object *item);

/* Insert `item` before index `i`; any `i` is allowed.  Fails: MemoryError. */
RC_API RC_CHECKED bool rc_list_insert(rc_heap *heap, rc_object *list, int64_t i, rc_object *item);

/* Take out the item at `i`: the list's reference becomes the caller's.
 * Fails: IndexError. */
RC_API RC_NEW rc_object *rc_list_pop(rc_heap *heap, rc_object *list, int64_t i);

/* Delete the item at `i`.  Fails: IndexError. */
RC_API RC_CHECKED bool rc_list_delete(rc_heap *heap, rc_object *list, int64_t i);

/* Delete the first item equal to `x`.  Fails: ValueError, RecursionError. */
RC_API RC_CHECKED bool rc_list_remove(rc_heap *heap, rc_object *list, rc_object *x);

/* Append every item of `x`, which may be the list itself.
 * Fails: TypeError, RuntimeError, MemoryError. */
RC_API RC_CHECKED bool rc_list_extend(rc_heap *heap, rc_object *list, rc_object *x);

/* Release all items, last to first. */
RC_API void rc_list_clear(rc_heap *heap, rc_object *list);

/* Reverse the items in place. */
RC_API void rc_list_reverse(rc_heap *heap, rc_object *list);

/* Sort in place, stably, by `<`.  The list is empty while it runs.
 * Fails: TypeError (order undefined), RecursionError, MemoryError; the items are
 * all there then, in some order. */
RC_API RC_CHECKED bool rc_list_sort(rc_heap *heap, rc_object *list);

/* A shallow copy, from the free list if it can.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_list_copy(rc_heap *heap, rc_object *list);

/* Index of the first item equal to `x`, into *index.  Fails: ValueError, RecursionError. */
RC_API RC_CHECKED bool rc_list_index(rc_heap *heap, rc_object *list, rc_object *x, size_t *index);

/* How many items equal `x`, into *count.  Fails: RecursionError. */
RC_API RC_CHECKED bool rc_list_count(rc_heap *heap, rc_object *list, rc_object *x, size_t *count);

#endif
