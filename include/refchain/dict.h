/* dict: a compact, insertion-ordered hash table.
 * Every function that takes a key fails with TypeError if it is unhashable and
 * with RecursionError if its hash or equality goes too deep. */
#ifndef REFCHAIN_DICT_H
#define REFCHAIN_DICT_H

#include <refchain/base.h>

/* An empty dict as the display `{}` makes it: from the free list if that has one.
 * Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_dict_new(rc_heap *heap);

/* The display `{k: v, …}`: `pairs` holds key and value in turn, 2 * count of them.
 * Fails: TypeError, MemoryError. */
RC_API RC_NEW rc_object *rc_dict_display(rc_heap *heap, rc_object *const *pairs, size_t count);

/* Calling the type, `dict()` or `dict(x)` of another dict or of a sequence of pairs
 * (`x` may be NULL): never from the free list.
 * Fails: TypeError, ValueError (a pair that is none), RuntimeError, MemoryError. */
RC_API RC_NEW rc_object *rc_dict_call(rc_heap *heap, rc_object *x);

/* Number of pairs. */
RC_API size_t rc_dict_size(const rc_object *dict);

/* d[key] = value.  A key equal to one already there keeps the old key.
 * Fails: TypeError, MemoryError. */
RC_API RC_CHECKED bool rc_dict_set(rc_heap *heap, rc_object *dict, rc_object *key, rc_object *value);

/* The value of `key`, or NULL: with KeyError if it is missing. */
RC_API RC_CHECKED RC_BORROWED rc_object *rc_dict_get(rc_heap *heap, rc_object *dict, rc_object *key);

/* The same, but a missing key is no error: puts NULL into *value.  (borrowed) */
RC_API RC_CHECKED bool rc_dict_find(rc_heap *heap, rc_object *dict, rc_object *key, rc_object **value);

/* Delete `key`.  Fails: KeyError. */
RC_API RC_CHECKED bool rc_dict_delete(rc_heap *heap, rc_object *dict, rc_object *key);

/* Take out `key`: the dict's reference to the value becomes the caller's.
 * Fails: KeyError. */
RC_API RC_NEW rc_object *rc_dict_pop(rc_heap *heap, rc_object *dict, rc_object *key);

/* Take out the newest pair: both references become the caller's.  Fails: KeyError. */
RC_API RC_CHECKED bool rc_dict_popitem(rc_heap *heap, rc_object *dict, rc_object **key,
                                       rc_object **value);

/* The value of `key`, which is set to `value` first if it is missing.  (borrowed)
 * Fails: MemoryError. */
RC_API RC_CHECKED RC_BORROWED rc_object *rc_dict_setdefault(rc_heap *heap, rc_object *dict,
                                                            rc_object *key, rc_object *value);

/* Store every pair of `x`, a dict or a sequence of pairs.  What was stored before a
 * failure stays, as in Python.  Fails: TypeError, ValueError, RuntimeError, MemoryError. */
RC_API RC_CHECKED bool rc_dict_update(rc_heap *heap, rc_object *dict, rc_object *x);

/* Release everything in insertion order, key then value. */
RC_API void rc_dict_clear(rc_heap *heap, rc_object *dict);

/* A shallow copy, from the free list if it can.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_dict_copy(rc_heap *heap, rc_object *dict);

/* The pairs in order, without counting: *position starts at 0.  Returns false after
 * the last.  The dict must not change meanwhile.  (borrowed) */
RC_API bool rc_dict_next(const rc_object *dict, size_t *position, rc_object **key, rc_object **value);

#endif
