/* Hashes that more than one type needs.  None is ever NO_HASH (-1). */
#ifndef HEAP_HASH_H
#define HEAP_HASH_H

#include <refchain/wording.h>

#include "layout.h"
#include "numbers.h"

/* Numbers: equal ones hash alike, to CPython's values, as the
 * profile says.  `object` is the float whose
 * value it is, for profiles that hash a nan by its identity. */
int64_t hash_large_int(const rc_heap *heap, int64_t value);
int64_t hash_float(rc_heap *heap, const rc_object *object, double value);

/* An int below this is its own hash in every release, but for -1: asking the profile costs
 * 15 instructions. */
#define SMALL_HASH_LIMIT ((UINT64_C(1) << 61) - 1)

static inline int64_t hash_int(const rc_heap *heap, int64_t value)
{
    if (RC_LIKELY(magnitude(value) < SMALL_HASH_LIMIT))
        return value == NO_HASH ? -2 : value;
    return hash_large_int(heap, value);
}

/* Text, with a fixed seed. */
int64_t hash_text(const char *text, size_t size);

/* A frozenset, of its elements' hashes, whatever their order. */
int64_t frozenset_hash(const rc_heap *heap, const rc_set *set);

/* A tuple, as the profile says.  Fails: TypeError (an item), RecursionError. */
RC_CHECKED bool tuple_hash(rc_heap *heap, rc_tuple *tuple, int64_t *hash);

/* After rc_hash has failed for a key or an element: say so (RC_SAYS_NO_KEY,
 * RC_SAYS_NO_ELEMENT). */
void say_unhashable(rc_heap *heap, rc_object *x, rc_wording wording);

#endif
