/* The library's vocabulary: ownership marks, forward declarations.
 *
 * Ownership is in each declaration.  A returned reference is *new* (the caller
 * owns it and must release it) or *borrowed* (good until its owner lets go; to
 * keep it across anything that may release, take one's own).  An argument is
 * lent and never consumed, unless marked *taken*: then the callee owns it, on
 * failure too.
 *
 * A function that can fail returns NULL or false and leaves kind and message in
 * the heap's error (error.h); nothing has changed then.  "Fails:" in a comment
 * lists the kinds.  Any release, and any allocation of a container, may run a
 * finalizer or a callback: trust nothing read before it. */
#ifndef REFCHAIN_BASE_H
#define REFCHAIN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RC_VERSION "0.1.0"

#if defined(__GNUC__)
#define RC_API __attribute__((visibility("default")))
#define RC_CHECKED __attribute__((warn_unused_result))
#define RC_LIKELY(x) __builtin_expect(!!(x), 1)
#define RC_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define RC_PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define RC_OUT_OF_LINE __attribute__((noinline))
#define RC_COLD __attribute__((noinline, cold))
#else
#define RC_API
#define RC_CHECKED
#define RC_LIKELY(x) (x)
#define RC_UNLIKELY(x) (x)
#define RC_PRINTF_LIKE(text, first)
#define RC_OUT_OF_LINE
#define RC_COLD
#endif

#define RC_NEW RC_CHECKED       /* the caller owns the returned reference */
#define RC_BORROWED             /* the returned reference belongs to another */
#define RC_TAKEN                /* the callee takes the reference over */

#define RC_GENERATIONS 3
#define RC_OLDEST (RC_GENERATIONS - 1)

typedef struct rc_heap rc_heap;
typedef struct rc_object rc_object;
typedef struct rc_type rc_type;
typedef struct rc_class rc_class;
typedef struct rc_profile rc_profile;

/* Where text goes, piece by piece.  `text` is UTF-8 and need not end in a NUL.
 * Returns false when it can take no more; the writer is then left alone. */
typedef struct rc_sink {
    bool (*write)(void *context, const char *text, size_t size);
    void *context;
} rc_sink;

#endif
