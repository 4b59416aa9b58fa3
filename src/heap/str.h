/* str, as other modules see it. */
#ifndef HEAP_STR_H
#define HEAP_STR_H

#include "layout.h"

/* Make the empty str and, where the profile has them from the start, the characters.
 * Fails: MemoryError. */
RC_CHECKED bool str_open(rc_heap *heap);

/* Python's `a + b`, `str * count` and `part in str`.  Fail: MemoryError; OverflowError
 * where the length of a product does not fit in 64 bits. */
RC_NEW rc_object *str_concat(rc_heap *heap, rc_object *a, rc_object *b);
RC_NEW rc_object *str_repeat(rc_heap *heap, rc_object *str, int64_t count);
bool str_contains(const rc_object *str, const rc_object *part);

/* The hash, computed when it is first asked for. */
int64_t str_hash(rc_str *str);

/* Whether `text` is UTF-8.  Fails: UnicodeError. */
RC_CHECKED bool str_check(rc_heap *heap, const char *text, size_t size);

#endif
