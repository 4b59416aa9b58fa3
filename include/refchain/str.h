/* str: immutable Unicode text, UTF-8 in and out; its length is in code points. */
#ifndef REFCHAIN_STR_H
#define REFCHAIN_STR_H

#include <refchain/base.h>

/* A str as made at run time, not interned: the empty one and those of one cached
 * character come from the cache, every other is a new object.  `text` is UTF-8
 * of `size` bytes and may hold NULs; it may lie in the heap.
 * Fails: UnicodeError for what is not UTF-8, MemoryError. */
RC_API RC_NEW rc_object *rc_str_new(rc_heap *heap, const char *text, size_t size);

/* The interned str with this text, made if there is none.  Fails: as rc_str_new. */
RC_API RC_NEW rc_object *rc_str_intern_text(rc_heap *heap, const char *text, size_t size);

/* Python's sys.intern(): the first equal str interned, or `str` itself, which
 * becomes it.  Fails: TypeError, MemoryError. */
RC_API RC_NEW rc_object *rc_str_intern(rc_heap *heap, rc_object *str);

/* A str as the compiler makes it of a literal: interned if it consists of ASCII
 * letters, digits and `_`.  Fails: as rc_str_new. */
RC_API RC_NEW rc_object *rc_str_constant(rc_heap *heap, const char *text, size_t size);

/* The text, with a NUL after it, and its bytes (`size` may be NULL); good while the
 * str lives. */
RC_API RC_BORROWED const char *rc_str_text(const rc_object *str, size_t *size);

/* Whether the str is the interned one with its text. */
RC_API bool rc_str_is_interned(const rc_object *str);

/* Python's str(x): a str gives itself, anything else its repr.
 * Fails: RecursionError, MemoryError. */
RC_API RC_NEW rc_object *rc_str_from(rc_heap *heap, rc_object *x);

/* The one-character strs of a str, as Python's iteration gives them: the character
 * that begins at byte *offset, which is moved on; NULL without an error at the end.
 * Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_str_character(rc_heap *heap, rc_object *str, size_t *offset);

#endif
