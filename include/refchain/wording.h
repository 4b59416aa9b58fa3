/* What a release says where releases say it differently.
 *
 * Each wording is a pattern: $1, $2 and $3 stand for texts that the caller gives, in the
 * order in which its comment below names them.  Which patterns a heap uses is a field of
 * its profile, `wording`. */
#ifndef REFCHAIN_WORDING_H
#define REFCHAIN_WORDING_H

#include <refchain/base.h>
#include <refchain/error.h>
#include <refchain/profile.h>

typedef enum rc_wording {
    RC_SAYS_NOTHING,

    /* arguments of functions */
    RC_SAYS_NO_INTEGER,                 /* type */
    RC_SAYS_FLOAT_NO_INTEGER,           /* type */
    RC_SAYS_NO_INDEX,                   /* type: of an index given to a method */
    RC_SAYS_ABOVE_INT,
    RC_SAYS_BELOW_INT,
    RC_SAYS_TAKES_NONE,                 /* function, number given, function with its module */
    RC_SAYS_TAKES_ONE,                  /* likewise */
    RC_SAYS_TAKES_AT_MOST_ONE,          /* likewise */
    RC_SAYS_TAKES_ONE_FLAG,             /* likewise: gc.set_debug */
    RC_SAYS_COLLECTS_ONE,               /* likewise: gc.collect */
    RC_SAYS_THRESHOLDS_TOO_FEW,         /* likewise */
    RC_SAYS_THRESHOLDS_TOO_MANY,        /* likewise */
    RC_SAYS_SIZE_OF_NOTHING,            /* likewise: sys.getsizeof */
    RC_SAYS_TAKES_AT_MOST_TWO,          /* likewise */
    RC_SAYS_INTERNS_ONE,                /* likewise: sys.intern */
    RC_SAYS_TAKES_AT_LEAST_ONE,         /* likewise */
    RC_SAYS_REFERS_TO_NOTHING,          /* likewise: weakref.ref */
    RC_SAYS_REFERS_TO_TOO_MUCH,         /* likewise */
    RC_SAYS_NOTHING_TO_CALL_WITH,       /* likewise: a weak reference that is called */
    RC_SAYS_TAKES_NO_KEYWORDS,          /* function, -, function with its module */
    RC_SAYS_NO_SUCH_KEYWORD,            /* function, keyword */
    RC_SAYS_INTERNS_STR,                /* type, "None" for None's */
    RC_SAYS_NO_INT,                     /* type */
    RC_SAYS_NO_FLOAT,                   /* type */
    RC_SAYS_NO_FLOAT_TEXT,              /* repr, text */
    RC_SAYS_NO_FLOAT_EMPTY,

    /* operators and containers */
    RC_SAYS_INT_TRUE_DIVISION,
    RC_SAYS_INT_DIVISION,
    RC_SAYS_INT_MODULO,
    RC_SAYS_FLOAT_DIVISION,
    RC_SAYS_FLOAT_FLOOR_DIVISION,
    RC_SAYS_FLOAT_MODULO,
    RC_SAYS_CONCATENATES_STR,           /* type of the other operand */
    RC_SAYS_TOO_DEEP,
    RC_SAYS_TOO_DEEP_IN_COMPARISON,
    RC_SAYS_TOO_DEEP_IN_REPR,
    RC_SAYS_NO_KEY,                     /* type, why it has no hash */
    RC_SAYS_NO_ELEMENT,                 /* likewise */
    RC_SAYS_NO_CONTAINER,               /* type */
    RC_SAYS_NO_SUBSCRIPT,               /* type of the sequence, of the index */
    RC_SAYS_NOT_SUBSCRIPTABLE,          /* type */
    RC_SAYS_NOT_INDEXABLE,              /* type: a set, or an instance of a class */

    /* attributes */
    RC_SAYS_NO_ATTRIBUTE_IN_MODULE,     /* module, attribute */
    RC_SAYS_NO_ATTRIBUTE_TO_SET,        /* type, attribute */
    RC_SAYS_NO_ATTRIBUTE_TO_DELETE,     /* type, attribute */
    RC_SAYS_NO_ATTRIBUTES_TO_DELETE,    /* likewise, where the instance has none yet */

    /* errors that nobody catches: where, the error */
    RC_SAYS_IGNORED,
    RC_SAYS_IGNORED_FINALIZER,
    RC_SAYS_IGNORED_WEAKREF_CALLBACK,
    RC_SAYS_IGNORED_GC_CALLBACK,

    /* what DEBUG_STATS prints: unreachable, uncollectable, seconds */
    RC_SAYS_COLLECTED,
    RC_SAYS_COLLECTED_NOTHING,

    RC_WORDINGS
} rc_wording;

#define RC_WORDING_TEXTS 3

/* Write what the profile says into `buffer`, cut at a character when it is too long for
 * `size` bytes (at least 1), the final NUL included.  A NULL text counts as empty. */
RC_API void rc_say(const rc_profile *profile, rc_wording wording,
                   const char *const texts[RC_WORDING_TEXTS], char *buffer, size_t size);

/* Set the heap's error to what its profile says; always returns false. */
RC_API bool rc_raise_worded(rc_heap *heap, rc_error_kind kind, rc_wording wording,
                            const char *first, const char *second, const char *third);

/* The same for a function that returns a pointer. */
#define rc_raise_worded_null(...) (rc_raise_worded(__VA_ARGS__), NULL)

#endif
