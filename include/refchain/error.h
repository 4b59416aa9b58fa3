/* What went wrong: one error a heap, in a buffer that cannot itself run out of
 * memory.  The kinds and the wording are Python's where Python has one. */
#ifndef REFCHAIN_ERROR_H
#define REFCHAIN_ERROR_H

#include <refchain/base.h>

typedef enum rc_error_kind {
    RC_NO_ERROR,
    RC_TYPE_ERROR,
    RC_VALUE_ERROR,
    RC_INDEX_ERROR,
    RC_KEY_ERROR,
    RC_ATTRIBUTE_ERROR,
    RC_NAME_ERROR,
    RC_OVERFLOW_ERROR,
    RC_ZERO_DIVISION_ERROR,
    RC_RECURSION_ERROR,
    RC_RUNTIME_ERROR,
    RC_UNICODE_ERROR,
    RC_MEMORY_ERROR,
    RC_ERROR_KINDS
} rc_error_kind;

#define RC_ERROR_SIZE 256               /* bytes, the final NUL included */

typedef struct rc_error {
    rc_error_kind kind;
    char message[RC_ERROR_SIZE];        /* UTF-8; cut at a character when too long */
} rc_error;

/* The heap's last error, in the heap's own buffer; its kind is RC_NO_ERROR when
 * there is none. */
RC_API const rc_error *rc_heap_error(const rc_heap *heap);

/* Forget the heap's last error. */
RC_API void rc_error_clear(rc_heap *heap);

/* Python's name of a kind: "TypeError".  A static string. */
RC_API const char *rc_error_name(rc_error_kind kind);

/* What the heap's release calls its last error: 2.7 has no RecursionError.  A static
 * string. */
RC_API const char *rc_heap_error_name(const rc_heap *heap);

/* Set the heap's error to `kind` and a printf-like message (no '%n', no locale).
 * Always returns false, so that a function can fail with `return rc_raise(...)`. */
RC_API bool rc_raise(rc_heap *heap, rc_error_kind kind, const char *format, ...)
    RC_PRINTF_LIKE(3, 4);

/* The same for a function that returns a pointer. */
#define rc_raise_null(...) (rc_raise(__VA_ARGS__), NULL)

#endif
