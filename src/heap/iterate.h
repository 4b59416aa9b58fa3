/* What the containers have in common: taking all items of something iterable, saying
 * what was not found. */
#ifndef HEAP_ITERATE_H
#define HEAP_ITERATE_H

#include <refchain/error.h>
#include <refchain/object.h>

/* How many items an iteration over `x` gives.  Fails: TypeError ("'int' object is
 * not iterable"). */
RC_CHECKED bool iterable_size(rc_heap *heap, rc_object *x, size_t *size);

/* Put the items of `x`, which are `size`, into `items`, each with a new reference that
 * belongs to `holder`; without one they are operands.  Runs no user code.  Fails:
 * MemoryError (a str only); there is nothing in `items` then. */
RC_CHECKED bool copy_items(rc_heap *heap, rc_object *x, rc_object **items, size_t size,
                           rc_object *holder);

/* An error whose message is the repr of `x`, then `rest`; a RecursionError if there
 * is no repr.  Always false. */
bool raise_about(rc_heap *heap, rc_error_kind kind, rc_object *x, const char *rest);

#endif
