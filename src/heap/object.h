/* Making, linking and destroying objects (for the type modules). */
#ifndef HEAP_OBJECT_H
#define HEAP_OBJECT_H

#include <refchain/object.h>
#include "freelist.h"
#include "layout.h"

/* A new object of a type that is no container: `bytes` of memory, count 1, on the
 * refchain; everything after the head is for the caller to fill.  NULL with
 * MemoryError.  Never runs user code. */
rc_object *object_new(rc_heap *heap, const rc_type *type, size_t bytes);

/* The same for a container, untracked.  It counts towards generation 0 and may start
 * a collection first: finalizers and callbacks may run before it returns.
 * Everything after the head is for the caller to fill before anything else happens. */
rc_object *object_new_container(rc_heap *heap, const rc_type *type, size_t bytes);

/* A new object in memory from `list`, or NULL (no error) if that is empty.  Counts
 * towards nothing. */
rc_object *object_from_free_list(rc_heap *heap, freelist *list, const rc_type *type,
                                 size_t bytes);

/* Give a dead object's memory back: to `list` if it has room (NULL: there is none),
 * else to its range; a container then lowers generation 0's counter. */
void object_free(rc_heap *heap, rc_object *dead, size_t bytes, freelist *list);

/* Give back all memory that a free list keeps. */
void object_empty_free_list(rc_heap *heap, freelist *list, bool container, size_t bytes);

/* Undo object_new or object_new_container: take a half-made object that nobody has
 * seen out of the heap again, as the death of an empty one. */
#define object_discard(heap, object) rc_release(heap, object, RC_FOR_CREATION, NULL)

/* Python's recursion limit, for everything that descends into objects on the C
 * stack: false with RecursionError when it goes too deep: RC_SAYS_TOO_DEEP or what
 * follows it. */
bool recursion_enter(rc_heap *heap, rc_wording says);
void recursion_leave(rc_heap *heap);

/* An object's hash by identity: its offset in the heap, rotated as CPython rotates
 * an address. */
int64_t identity_hash(const rc_heap *heap, const rc_object *object);

#endif
