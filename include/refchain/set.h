/* set and frozenset: an open-addressing hash table; its order is CPython's for
 * numbers and tuples of them.
 * Every function that takes an element fails with TypeError if it is unhashable
 * and with RecursionError if its hash or equality goes too deep. */
#ifndef REFCHAIN_SET_H
#define REFCHAIN_SET_H

#include <refchain/base.h>

/* A set made empty and then filled with `count` items in order.
 * Fails: TypeError, MemoryError. */
RC_API RC_NEW rc_object *rc_set_new(rc_heap *heap, rc_object *const *items, size_t count);

/* The same for a frozenset; where the profile shares it, the one empty frozenset.
 * Fails: TypeError, MemoryError. */
RC_API RC_NEW rc_object *rc_frozenset_new(rc_heap *heap, rc_object *const *items, size_t count);

/* set(x) and frozenset(x) of anything iterable (`x` may be NULL); a frozenset of an
 * exact frozenset is itself.  Fails: TypeError, RuntimeError, MemoryError. */
RC_API RC_NEW rc_object *rc_set_call(rc_heap *heap, rc_object *x);
RC_API RC_NEW rc_object *rc_frozenset_call(rc_heap *heap, rc_object *x);

/* Number of elements, of a set or frozenset. */
RC_API size_t rc_set_size(const rc_object *set);

/* Add `x` unless an equal element is there.  Fails: TypeError, MemoryError. */
RC_API RC_CHECKED bool rc_set_add(rc_heap *heap, rc_object *set, rc_object *x);

/* Take out `x` if it is there; *found (may be NULL) says whether it was. */
RC_API RC_CHECKED bool rc_set_discard(rc_heap *heap, rc_object *set, rc_object *x, bool *found);

/* Take out `x`.  Fails: KeyError. */
RC_API RC_CHECKED bool rc_set_remove(rc_heap *heap, rc_object *set, rc_object *x);

/* Take out some element, as CPython chooses it; its reference becomes the caller's.
 * Fails: KeyError. */
RC_API RC_NEW rc_object *rc_set_pop(rc_heap *heap, rc_object *set);

/* Add every item of `x`, anything iterable.  What was added before a failure stays.
 * Fails: TypeError, RuntimeError, MemoryError. */
RC_API RC_CHECKED bool rc_set_update(rc_heap *heap, rc_object *set, rc_object *x);

/* Release all elements, in table order. */
RC_API void rc_set_clear(rc_heap *heap, rc_object *set);

/* A copy of the same type; a frozenset gives itself.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_set_copy(rc_heap *heap, rc_object *set);

/* The elements in table order, without counting: *position starts at 0.  Returns
 * false after the last.  The set must not change meanwhile.  (borrowed) */
RC_API bool rc_set_next(const rc_object *set, size_t *position, rc_object **element);

#endif
