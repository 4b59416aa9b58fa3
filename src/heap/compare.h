/* Equality and order, as containers and sequences need them. */
#ifndef HEAP_COMPARE_H
#define HEAP_COMPARE_H

#include <refchain/object.h>

/* Whether a container takes `a` and `b` for the same: identical, or equal.  Both are
 * held meanwhile.  Fails: RecursionError. */
RC_CHECKED bool items_equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result);

/* Item by item, for lists and tuples.  The arrays stay where they are: comparing
 * runs no code that could change a container that somebody still holds.
 * Fails: RecursionError; an order also TypeError. */
RC_CHECKED bool sequences_equal(rc_heap *heap, rc_object *const *a, size_t a_size,
                                rc_object *const *b, size_t b_size, bool *result);
RC_CHECKED bool sequences_compare(rc_heap *heap, rc_object *const *a, size_t a_size,
                                  rc_object *const *b, size_t b_size,
                                  rc_comparison comparison, bool *result);

/* What `comparison` says of two things whose order is `order`: below, at or above 0. */
bool comparison_holds(int order, rc_comparison comparison);

/* "'<' not supported between instances of 'int' and 'str'".  Always false. */
bool raise_no_order(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison);

#endif
